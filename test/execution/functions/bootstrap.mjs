#!/usr/bin/env node
import { request } from 'node:http';

/** A custom runtime: does with the Runtime API what the event says, and answers what it saw. */
const root = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;

async function call(path, body, headers = {}) {
  const response = await fetch(
    `${root}${path}`,
    body === undefined ? {} : { method: 'POST', body, headers },
  );
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
  };
}

function asHost(host) {
  return new Promise((resolve) => {
    const path = '/2018-06-01/runtime/init/error';
    const sent = request(root, { path, method: 'POST', headers: { host } }, resolve);
    sent.end('{}');
  }).then(({ statusCode: status }) => ({ status }));
}

let seen = [];
for (;;) {
  const next = await call('/invocation/next');
  const id = next.headers['lambda-runtime-aws-request-id'];
  const event = JSON.parse(next.body);
  const answer = (body) => call(`/invocation/${id}/response`, JSON.stringify(body));
  const fail = (body, type) =>
    call(`/invocation/${id}/error`, body, { 'Lambda-Runtime-Function-Error-Type': type });
  if (event.do === 'headers') await answer(next.headers);
  if (event.do === 'seen') await answer(seen);
  seen = [];
  if (event.do === 'twice') {
    seen.push(await answer(1));
    seen.push(await answer(2));
    seen.push(await call('/invocation/another/response', '{}'));
    seen.push(await call('/nothing/here'));
  }
  if (event.do === 'page') {
    const odd = [{ origin: 'http://a.example' }, { 'sec-fetch-site': 'cross-site' }];
    for (const headers of odd) seen.push(await call('/init/error', '{}', headers));
    seen.push(await asHost('a.example'));
    await answer(seen.map(({ status }) => status));
  }
  if (event.do === 'large') seen.push(await answer('x'.repeat(7_000_000)));
  if (event.do === 'error') await fail('{"errorMessage":"m","errorType":"Mine"}', 'Mine.Type');
  if (event.do === 'bare error') await fail('', 'Mine.Bare');
  if (event.do === 'mode') {
    const mode = { 'Lambda-Runtime-Function-Response-Mode': 'sideways' };
    seen.push(await call(`/invocation/${id}/response`, '1', mode));
  }
}
