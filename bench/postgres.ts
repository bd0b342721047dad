/** A PostgreSQL of the bench's own, with its CPU time: all its processes, ended ones included. */
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { type Cluster, missing, startCluster } from '../test/storage/postgres/cluster.ts';
import { childrenCpuSeconds, cpuSeconds } from './process.ts';

export interface Database extends Cluster {
  cpuSeconds(): number;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Why there can be none here; undefined where there can. */
export const noDatabase = missing;

export async function startDatabase(): Promise<Database> {
  const cluster = await startCluster({
    fsync: true,
    settings: { shared_buffers: '512MB', max_wal_size: '4GB', wal_compression: 'lz4' },
  });
  const postmaster = await postmasterOf(cluster.url);
  return {
    ...cluster,
    cpuSeconds: () => cpuSeconds(postmaster) + childrenCpuSeconds(postmaster),
    [Symbol.asyncDispose]: () => cluster.stop(),
  };
}

async function postmasterOf(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const stat = readFileSync(`/proc/${rows[0]?.pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } finally {
    await client.end();
  }
}
