/** Numbers in words, as all figures write them. */

/** With so many digits after the point, and a true minus sign; never minus zero. */
export function fixed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "\u2212");
}

/** The same with a plus sign above zero. */
export function signed(value: number, digits = 2): string {
  const text = fixed(value, digits);
  return Number(value.toFixed(digits)) > 0 ? `+${text}` : text;
}

/** A share as whole per cent. */
export function percent(share: number): string {
  return `${fixed(100 * share, 0)} %`;
}

/** A share as per cent, with a digit after the point where it is below 10 %. */
export function finePercent(share: number): string {
  const value = 100 * share;
  return `${value >= 9.95 ? Math.round(value) : value.toFixed(1)} %`;
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
