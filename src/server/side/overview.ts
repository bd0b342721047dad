/** How the nodes of a storage and its queues are doing: the part of a status that takes a look. */
import { type Backlog, backlogOf } from '../../delivery/backlog.ts';
import { type Latency, latencyOf, type Node, nodeNow, nodesOf } from '../../delivery/nodes.ts';
import type { Stack } from '../../delivery/stack.ts';
import { isReporting, type StorageReport } from '../../storage/reporting.ts';

/** A part is missing when the storage does not tell; a warning then says why. */
export interface Overview {
  readonly nodes?: readonly Node[];
  readonly storage?: StorageStatus;
  readonly backlog?: Backlog;
  /** Sentences about what an operator should look at. */
  readonly warnings: readonly string[];
}

interface StorageStatus {
  readonly engine: string;
  readonly commits: Latency;
  readonly gauges: Readonly<Record<string, number>>;
}

/** Nodes whose clocks are further apart than this see each other's leases end early or late. */
const CLOCKS_APART_MS = 1_000;

export async function overviewOf(stack: Stack, startedAtMs: number): Promise<Overview> {
  const failures = new Set<string>();
  const tried = async <Part>(part: Promise<Part>): Promise<Part | undefined> => {
    try {
      return await part;
    } catch (cause) {
      failures.add(
        `The storage does not answer: ${cause instanceof Error ? cause.message : cause}`,
      );
      return undefined;
    }
  };
  const { storage } = stack;
  const report = isReporting(storage) ? await tried(storage.report()) : undefined;
  const nodes = await tried(nodesNow(stack, startedAtMs));
  const backlog = await tried(backlogOf(stack));
  return {
    ...(nodes && { nodes }),
    ...(report && { storage: statusOf(report) }),
    ...(backlog && { backlog }),
    warnings: [...failures, ...(report?.warnings ?? []), ...aboutNodes(nodes ?? [])],
  };
}

/** One whose storage is its own has nobody to sign in for. */
async function nodesNow(stack: Stack, startedAtMs: number): Promise<readonly Node[]> {
  const signedIn = await nodesOf(stack.storage, stack.clock.nowMs());
  return signedIn.length > 0 ? signedIn : [await nodeNow(stack, 'this', startedAtMs)];
}

function statusOf({ engine, commitSeconds, gauges = {} }: StorageReport): StorageStatus {
  return { engine, commits: latencyOf(commitSeconds), gauges };
}

function aboutNodes(nodes: readonly Node[]): readonly string[] {
  const warnings: string[] = [];
  const versions = [...new Set(nodes.map(({ version }) => version))];
  if (versions.length > 1) {
    const list = versions.join(', ');
    warnings.push(`The nodes are of different versions (${list}): an upgrade is not finished.`);
  }
  for (const { address, clockOffsetMs = 0 } of nodes) {
    if (Math.abs(clockOffsetMs) < CLOCKS_APART_MS) continue;
    const apart = `${Math.round(clockOffsetMs)} ms`;
    warnings.push(`The clock of ${address} is ${apart} from the database's: see to its NTP.`);
  }
  return warnings;
}
