/** Memory: a stack of zeroed blocks above the static data. Nothing else in the engine takes memory. */

const PAGE: usize = 65536;

/** The first free byte. */
let top: usize = (__heap_base + 15) & ~15;
/** What `release` never goes below: the end of the model. */
let floor: usize = top;
/** Whether `alloc` has refused a block since the last `mark` or `clear`: so a row of calls has one check. */
export let refused: bool = false;

/** `bytes` zeroed bytes at a multiple of 16, or 0 when memory cannot grow. */
export function alloc(bytes: i32): i32 {
  const end = (<u64>top + <u64>bytes + 15) & ~15;
  const have = <u64>memory.size() * PAGE;
  if (bytes < 0 || (end > have && memory.grow(<i32>((end - have + PAGE - 1) / PAGE)) < 0)) {
    refused = true;
    return 0;
  }
  const block = top;
  top = <usize>end;
  memory.fill(block, 0, top - block);
  return <i32>block;
}

/** Where the next block will begin: hand it to `release` to free every block taken since. */
export function mark(): i32 {
  refused = false;
  return <i32>top;
}

/** Frees every block taken since `mark`. */
export function release(mark: i32): void {
  const to = <usize>mark;
  if (to >= floor && to <= top) top = to;
}

/** Frees everything, the model too. */
export function clear(): void {
  refused = false;
  top = (__heap_base + 15) & ~15;
  floor = top;
}

/** What is allocated now stays until `clear`. */
export function keep(): void {
  floor = top;
}
