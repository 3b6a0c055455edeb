import { createServer } from 'node:http';
import { Webhook } from 'standardwebhooks';
const webhook = new Webhook(process.env.WEBHOOK_SECRET);
const handled = new Set();

createServer(async (request, response) => {
  try {
    const body = Buffer.concat(await request.toArray());
    const { id, type, subject, sequence } = webhook.verify(body, request.headers);
    if (!handled.has(id)) console.log(type, subject, sequence);
    handled.add(id);
    response.writeHead(204).end();
  } catch {
    response.writeHead(400).end();
  }
}).listen(process.env.RECEIVER_PORT ?? 4000, '127.0.0.1');
