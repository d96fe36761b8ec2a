// A reader of server-sent events over fetch: unlike EventSource it tells the status of a refusal
// and can resume after the last id by itself.

export interface SseMessage {
  event: string;
  data: string;
}
export type StreamState = 'open' | 'down' | 'refused' | 'full';

export interface StreamHandler {
  message: (message: SseMessage) => void;
  state: (state: StreamState) => void;
  beat: () => void; // any byte came
}

const WAIT_MS = [500, 1000, 2000, 5000, 10_000, 15_000];
const SILENCE_MS = 40_000; // the server's heartbeat is 15 s

// Feeds lines of text/event-stream; returns what to do with each whole message.
export class SseParser {
  lastId = '';
  private rest = '';
  private event = '';
  private data: string[] = [];

  constructor(private readonly emit: (message: SseMessage) => void) {}

  feed(text: string): void {
    const lines = (this.rest + text).split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.line(line);
  }
  reset(): void {
    this.rest = this.event = '';
    this.data = [];
  }

  private line(line: string): void {
    if (line === '') {
      if (this.data.length) this.emit({ event: this.event || 'message', data: this.data.join('\n') });
      this.event = '';
      this.data = [];
      return;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return; // a comment
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'event') this.event = value;
    else if (name === 'data') this.data.push(value);
    else if (name === 'id' && !value.includes('\0')) this.lastId = value;
  }
}

export class Stream {
  private abort: AbortController | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private silence: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private readonly parser: SseParser;

  constructor(
    private readonly path: string,
    private readonly on: StreamHandler,
  ) {
    this.parser = new SseParser((message) => on.message(message));
  }

  get running(): boolean {
    return this.abort !== undefined || this.timer !== undefined;
  }
  start(): void {
    if (!this.running) void this.connect();
  }
  // Tries at once instead of waiting out the pause.
  hurry(): void {
    if (this.abort) return;
    clearTimeout(this.timer);
    void this.connect();
  }
  stop(): void {
    clearTimeout(this.timer);
    clearTimeout(this.silence);
    this.timer = undefined;
    this.abort?.abort();
    this.abort = undefined;
  }

  private async connect(): Promise<void> {
    const abort = new AbortController();
    this.abort = abort;
    this.timer = undefined;
    let refused: StreamState = 'down';
    let wait: number | undefined;
    try {
      const headers: Record<string, string> = { accept: 'text/event-stream' };
      if (this.parser.lastId) headers['last-event-id'] = this.parser.lastId;
      this.listen(abort);
      const answer = await fetch(this.path, { headers, signal: abort.signal, cache: 'no-store' });
      if (answer.ok && answer.body) await this.read(answer.body, abort);
      else if (answer.status === 401 || answer.status === 403) refused = 'refused';
      else if (answer.status === 503 || answer.status === 429) {
        refused = 'full';
        wait = 30_000;
      }
    } catch {
      // no answer, or the answer broke off
    }
    if (this.abort !== abort) return; // stopped meanwhile
    this.abort = undefined;
    clearTimeout(this.silence);
    this.on.state(refused);
    if (refused === 'refused') return; // start() again after the next login
    wait ??= WAIT_MS[Math.min(this.failures++, WAIT_MS.length - 1)]!;
    this.timer = setTimeout(() => void this.connect(), wait * (0.75 + Math.random() / 2));
  }

  private async read(body: ReadableStream<Uint8Array>, abort: AbortController): Promise<void> {
    const reader = body.pipeThrough(new TextDecoderStream() as TransformStream).getReader();
    this.parser.reset();
    this.failures = 0;
    this.on.state('open');
    for (;;) {
      const { value, done } = (await reader.read()) as { value?: string; done: boolean };
      if (done) return;
      this.listen(abort);
      this.on.beat();
      this.parser.feed(value ?? '');
    }
  }

  // Gives a silent connection up.
  private listen(abort: AbortController): void {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => abort.abort(), SILENCE_MS);
  }
}
