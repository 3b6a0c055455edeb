import { connect, type Socket } from 'node:net';

/** Connects to a service and sends bytes as they are. */
export function sendRaw(url: string, bytes: string): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(bytes, 'latin1');
  return socket;
}

/** What a server sends until it closes or resets the connection. */
export function readAll(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let response = '';
    socket.setEncoding('utf8').on('data', (text) => (response += text));
    socket.on('close', () => resolve(response)).on('error', () => undefined);
  });
}

/** Sends bytes as they are, and reads the response until the server closes the connection. */
export function exchange(url: string, bytes: string): Promise<string> {
  return readAll(sendRaw(url, bytes));
}

/** The parts of one response with a JSON body. */
export function parseResponse(response: string) {
  const [head = '', body = ''] = response.split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = new Headers(lines.map((line) => line.split(/: (.*)/, 2) as [string, string]));
  return { statusLine, status: Number(statusLine.split(' ')[1]), headers, body, document: JSON.parse(body) };
}
