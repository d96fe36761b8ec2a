// Which rows of a long list are on the screen.
export const HEIGHT_MAX = 12_000_000; // browsers lose their way in taller boxes

export interface Window {
  from: number;
  to: number;
}

export function windowOf(top: number, height: number, row: number, n: number, over = 8): Window {
  const from = Math.max(0, Math.floor(top / row) - over);
  return { from: Math.min(from, n), to: Math.min(n, Math.ceil((top + height) / row) + over) };
}

// Where to scroll so that the row is seen whole; null when it is.
export function scrollTo(row: number, index: number, top: number, height: number): number | null {
  const y = index * row;
  if (y < top) return y;
  return y + row > top + height ? y + row - height : null;
}
