/** What a function returns when it cannot do its work (spec/engine.md, Errors). */

export const OK: i32 = 0;
export const OUT_OF_MEMORY: i32 = -1;
export const BAD_ARGUMENT: i32 = -2;
export const NOT_FINITE: i32 = -3;
export const NOT_READY: i32 = -4;
