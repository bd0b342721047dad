/**
 * The PostgreSQL of a run, and how it is torn away from its nodes: stopped at once and started
 * again, one of its processes killed (whereupon it ends all others and recovers), or every
 * connection ended.
 */
import type { Ids } from '../../../src/core/ids.ts';
import { type Cluster, sql, startCluster } from '../../storage/postgres/cluster.ts';

export interface Database {
  readonly url: string;
  readonly misfortunes: readonly (readonly [string, number, () => Promise<void>])[];
  stop(): Promise<void>;
}

/** Connections of nodes, not our own. */
const OTHERS = `FROM pg_stat_activity
  WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`;

export async function startDatabase(ids: Ids): Promise<Database> {
  const cluster = await startCluster({ fsync: false });
  return {
    url: cluster.url,
    misfortunes: [
      ['restart of the database', 1, () => cluster.crash()],
      ['kill of a process of the database', 1, () => killBackend(cluster, ids)],
      ['end of all connections', 1, () => endConnections(cluster)],
    ],
    stop: () => cluster.stop(),
  };
}

async function endConnections({ url }: Cluster): Promise<void> {
  await once(url, `SELECT pg_terminate_backend(pid) ${OTHERS}`);
}

async function killBackend({ url }: Cluster, ids: Ids): Promise<void> {
  const rows = await once(url, `SELECT pid ${OTHERS} ORDER BY pid`);
  const pid = rows[Math.floor(ids.random() * rows.length)]?.pid;
  if (typeof pid === 'number') process.kill(pid, 'SIGKILL');
}

/** Longer than any recovery after a kill takes. */
const RECOVERY_MS = 60_000;

/** After a kill of one of its processes the database recovers, and takes nobody in meanwhile. */
async function once(url: string, text: string) {
  const untilMs = Date.now() + RECOVERY_MS;
  for (;;) {
    try {
      return await sql(url, text);
    } catch (cause) {
      const { code = '', message = '' } = cause as Partial<Record<'code' | 'message', string>>;
      // pg gives no code for a connection that ends under it.
      const passes = /^(57P|08|ECONN)/.test(code) || message.startsWith('Connection terminated');
      if (!passes || Date.now() > untilMs) throw cause;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
