import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { call, createQueue, type Queue, roundTrip } from '../../bench/api.ts';
import { jsonRequest } from '../../bench/requests.ts';
import { freePort } from '../../bench/servers.ts';
import { failFsync, failFsyncMissing, mountSmallDisk, smallDiskMissing } from './disk.ts';
import { pause } from './torture/time.ts';
import { millraceCommand, Victim } from './torture/victim.ts';

const PATIENCE_MS = 120_000;

async function serverOn(folder: string): Promise<Victim> {
  const port = await freePort();
  const server = new Victim(port, millraceCommand(port, join(folder, 'data')), join(folder, 'log'));
  server.spawn();
  if (!(await server.ready())) throw new Error(`no server: ${server.died}`);
  return server;
}

async function send(port: number, queue: Queue, MessageBody: string): Promise<number> {
  const input = { QueueUrl: queue.url, MessageBody };
  const answer = await roundTrip(port, jsonRequest('sqs', 'SendMessage', input));
  return answer.status;
}

/** Receives and deletes up to `most` messages; answers with how their bodies begin. */
async function consume(port: number, queue: Queue, most: number): Promise<readonly string[]> {
  const taken: string[] = [];
  while (taken.length < most) {
    const input = { QueueUrl: queue.url, MaxNumberOfMessages: Math.min(10, most - taken.length) };
    const { Messages = [] } = (await call(port, 'sqs', 'ReceiveMessage', input)) as {
      Messages?: readonly { Body: string; ReceiptHandle: string }[];
    };
    if (Messages.length === 0) break;
    for (const { Body, ReceiptHandle } of Messages) {
      await call(port, 'sqs', 'DeleteMessage', { QueueUrl: queue.url, ReceiptHandle });
      taken.push(Body.slice(0, 8));
    }
  }
  return taken;
}

const noSmallDisk = smallDiskMissing();

test.skipIf(noSmallDisk)(
  `a full disk refuses sends, serves the rest, and loses nothing (${noSmallDisk ?? 'tmpfs'})`,
  { timeout: PATIENCE_MS },
  async () => {
    using disk = mountSmallDisk(200);
    const server = await serverOn(disk.path);
    const queue = await createQueue(server.port, 'jobs');
    const kept: string[] = [];
    let status = 200;
    for (let i = 0; i < 600 && status === 200; i++) {
      const name = `m${String(i).padStart(7, '0')}`;
      status = await send(server.port, queue, name + 'x'.repeat(500_000));
      if (status === 200) kept.push(name);
    }
    expect(status).toBe(503);
    expect(kept.length).toBeGreaterThan(50);

    const half = kept.length >> 1;
    const taken = await consume(server.port, queue, half);
    expect(taken).toHaveLength(half);

    // Space comes back with the deletes; nobody has to restart anything.
    let again = 503;
    for (let tries = 0; again !== 200 && tries < 50; tries++) {
      again = await send(server.port, queue, `again000${'x'.repeat(10_000)}`);
      if (again !== 200) await pause(100);
    }
    expect(again).toBe(200);

    await server.kill();
    server.spawn();
    expect(await server.ready()).toBe(true);
    const rest = await consume(server.port, queue, kept.length + 1);
    expect([...taken, ...rest].sort()).toEqual([...kept, 'again000'].sort());
    await server.kill();
  },
);

const noFailingFsync = failFsyncMissing();

test.skipIf(noFailingFsync)(
  `a failed fsync ends the server, clearly, and it recovers (${noFailingFsync ?? 'strace'})`,
  { timeout: PATIENCE_MS },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-fsync-'));
    const server = await serverOn(folder);
    const queue = await createQueue(server.port, 'jobs');
    expect(await send(server.port, queue, 'before00')).toBe(200);

    const tracer = await failFsync(server.pid);
    const status = await send(server.port, queue, 'during00').catch(() => 0);
    expect(status).not.toBe(200);
    for (let tries = 0; server.died === undefined && tries < 50; tries++) await pause(100);
    tracer.kill();
    expect(server.died).toMatch(/exit [1-9]/);
    expect(server.died).toMatch(/fsync|disk|I\/O/i);

    server.died = undefined;
    server.spawn();
    expect(await server.ready()).toBe(true);
    const left = await consume(server.port, queue, 10);
    // What was not acknowledged may have been stored or not.
    expect(left.filter((name) => name !== 'during00')).toEqual(['before00']);
    await server.kill();
    rmSync(folder, { recursive: true, force: true });
  },
);
