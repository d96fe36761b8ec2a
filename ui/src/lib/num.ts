// Numbers as people read them.
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

export function fmtNum(n: number | null | undefined): string {
  return n === null || n === undefined ? '–' : whole.format(n);
}
// 1.2K, 3.4M
export function fmtShort(n: number | null | undefined): string {
  return n === null || n === undefined ? '–' : short.format(n);
}
// plural(1, 'alert') is "1 alert"
export function plural(n: number, word: string, many = `${word}s`): string {
  return `${fmtNum(n)} ${n === 1 ? word : many}`;
}
