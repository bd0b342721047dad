#!/usr/bin/env node
/** An external extension that says what it is told. */
import { basename } from 'node:path';

const root = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2020-01-01/extension`;
const name = basename(process.argv[1]);
const json = async (path, { body, ...headers } = {}) => {
  const init = body === undefined ? { headers } : { method: 'POST', headers, body };
  const response = await fetch(path, init);
  return { status: response.status, headers: response.headers, value: await response.json() };
};

const unnamed = await json(`${root}/register`, { body: '{}' });
const unknown = await json(`${root}/event/next`, { 'Lambda-Extension-Identifier': 'x' });
const { headers, value } = await json(`${root}/register`, {
  body: JSON.stringify({ events: ['INVOKE', 'SHUTDOWN'] }),
  'Lambda-Extension-Name': name,
  'Lambda-Extension-Accept-Feature': 'accountId',
});
const id = headers.get('lambda-extension-identifier');
const telemetry = await json(`${root.replace('/2020-01-01/extension', '/2022-07-01/telemetry')}`, {
  body: '{}',
});
console.log(
  'EXT',
  JSON.stringify({ value, statuses: [unnamed.status, unknown.status, telemetry.status] }),
);
for (;;) {
  const event = await json(`${root}/event/next`, { 'Lambda-Extension-Identifier': id });
  console.log('EXT', JSON.stringify(event.value));
  if (event.value.eventType === 'SHUTDOWN') process.exit(0);
}
