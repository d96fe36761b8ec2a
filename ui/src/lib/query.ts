// SQL questions.  Few are asked at once, for the server answers few at once; a busy one is asked again.
import { ApiError, post, send } from './api';

export interface Column {
  name: string;
  type: string;
}
export interface Answer {
  columns: Column[];
  rows: unknown[][];
  row_count: number;
  truncated: boolean;
  records_left_out?: number;
  elapsed_ms: number;
}
export type Row = Record<string, unknown>;

export interface QueryOptions {
  from?: string;
  to?: string;
  max_rows?: number;
  signal?: AbortSignal;
}

const AT_ONCE = 2;
const TRIES = 6;
const FREE_MS = 150; // until the server knows that a question was dropped
let running = 0;
const waiting: (() => void)[] = [];

function done(): void {
  const next = waiting.shift();
  if (next) next();
  else running--;
}

async function turn<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  else running++;
  try {
    return await work();
  } finally {
    if (signal?.aborted) setTimeout(done, FREE_MS);
    else done();
  }
}

async function patient<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      const busy = error instanceof ApiError && error.status === 503 && attempt < TRIES;
      if (!busy) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100 * 2 ** attempt));
    }
  }
}

function body(sql: string, format: string, { from, to, max_rows }: QueryOptions): object {
  return {
    sql,
    format,
    ...(from ? { from } : {}),
    ...(to ? { to } : {}),
    ...(max_rows ? { max_rows } : {}),
  };
}

export function query(sql: string, options: QueryOptions = {}): Promise<Answer> {
  const { signal } = options;
  return turn(signal, () =>
    patient(signal, () => post<Answer>('/v1/query', body(sql, 'json', options), { signal })),
  );
}

// The answer as a file.
export function download(sql: string, format: string, options: QueryOptions): Promise<Blob> {
  const { signal } = options;
  return turn(signal, () =>
    patient(signal, async () => {
      const answer = await send('POST', '/v1/query', body(sql, format, options), { signal });
      return answer.blob();
    }),
  );
}

// Rows by the names of their columns.
export function records(answer: Answer): Row[] {
  return answer.rows.map((row) =>
    Object.fromEntries(answer.columns.map((column, i) => [column.name, row[i] ?? null])),
  );
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}
