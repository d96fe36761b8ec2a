// Ways to send the first events, as commands and configuration to copy.

export interface Recipe {
  id: string;
  label: string;
  say: string;
  text: (origin: string, token: string) => string;
  token: boolean; // the text has one in it
}

export const TOKEN_PLACE = 'TOKEN';

function hostPort(origin: string): { host: string; port: string; tls: boolean } {
  const at = new URL(origin);
  const tls = at.protocol === 'https:';
  return { host: at.hostname, port: at.port || (tls ? '443' : '80'), tls };
}

export const RECIPES: readonly Recipe[] = [
  {
    id: 'curl',
    label: 'curl',
    say: 'Run this anywhere: it sends one failed login.',
    token: true,
    text: (origin, token) =>
      `curl ${origin}/v1/events \\
  -H 'Authorization: Bearer ${token}' \\
  -d '{"event_type":"auth.login.failed",
       "client_ip":"203.0.113.9","user_email":"you@example.com"}'`,
  },
  {
    id: 'file',
    label: 'A log file',
    say: 'Put this into the configuration file, then send the daemon a SIGHUP or restart it. Rotation is followed.',
    token: false,
    text: () =>
      `sources:
  - type: file
    path: /var/log/auth.log
  - type: file
    name: web
    path: /var/log/nginx/access.log`,
  },
  {
    id: 'syslog',
    label: 'Syslog',
    say: 'Let Tocsin listen (first part, its configuration file), and rsyslog send (second part, /etc/rsyslog.d/tocsin.conf of each machine).',
    token: false,
    text: (origin) =>
      `sources:
  - type: syslog_tcp
    listen: 0.0.0.0:5514

# /etc/rsyslog.d/tocsin.conf
*.* action(type="omfwd" target="${hostPort(origin).host}" port="5514" protocol="tcp"
           template="RSYSLOG_SyslogProtocol23Format" TCP_Framing="octet-counted")`,
  },
  {
    id: 'fluent-bit',
    label: 'Fluent Bit',
    say: 'An output of Fluent Bit; any shipper that posts JSON lines does the same.',
    token: true,
    text: (origin, token) => {
      const { host, port, tls } = hostPort(origin);
      return `[OUTPUT]
    Name    http
    Match   *
    Host    ${host}
    Port    ${port}
    TLS     ${tls ? 'On' : 'Off'}
    URI     /v1/events?source=fluent-bit
    Format  json_lines
    Header  Authorization Bearer ${token}`;
    },
  },
  {
    id: 'vector',
    label: 'Vector',
    say: 'A sink of Vector.',
    token: true,
    text: (origin, token) =>
      `[sinks.tocsin]
type = "http"
inputs = ["your_source"]
uri = "${origin}/v1/events?source=vector"
encoding.codec = "json"
framing.method = "newline_delimited"
auth.strategy = "bearer"
auth.token = "${token}"`,
  },
];
