// One stream for all tabs: a browser gives an origin six connections, and a stream takes one.
import { Stream, type SseMessage, type StreamState } from './sse';

export type FromWorker =
  | { kind: 'message'; message: SseMessage }
  | { kind: 'state'; state: StreamState | 'wait' }
  | { kind: 'beat' };
export type ToWorker = 'start' | 'hurry' | 'bye';

const ports = new Set<MessagePort>();
let state: StreamState | 'wait' = 'wait';
let hello: SseMessage | undefined;
let stats: SseMessage | undefined;

function tell(what: FromWorker): void {
  for (const port of ports) port.postMessage(what);
}

const stream = new Stream('/v1/stream', {
  message(message) {
    if (message.event === 'hello') hello = message;
    if (message.event === 'stats') stats = message;
    tell({ kind: 'message', message });
  },
  state(next) {
    state = next;
    tell({ kind: 'state', state });
  },
  beat: () => tell({ kind: 'beat' }),
});

function onPort(port: MessagePort, what: ToWorker): void {
  if (what === 'bye') ports.delete(port);
  if (what === 'hurry') stream.hurry();
  if (what === 'start') {
    ports.add(port);
    stream.start();
    // A tab that comes later learns what the others know.
    port.postMessage({ kind: 'state', state });
    if (state === 'open' && hello) port.postMessage({ kind: 'message', message: hello });
    if (state === 'open' && stats) port.postMessage({ kind: 'message', message: stats });
  }
  if (ports.size === 0) stream.stop();
}

addEventListener('connect', (event) => {
  const port = (event as MessageEvent).ports[0]!;
  port.addEventListener('message', (sent: MessageEvent<ToWorker>) => onPort(port, sent.data));
  port.start();
});
