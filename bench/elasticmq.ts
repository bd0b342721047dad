/**
 * The peer: ElasticMQ, in memory, which is its fastest mode and loses everything on a crash.
 *
 * Fetched from Maven Central into a cache outside the repository when there is a JDK and Maven;
 * without them, or without the network, benches leave the peer out and say so.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { freePort, type Server, serve } from './servers.ts';

const VERSION = '1.6.11';
const CACHE =
  process.env.BENCH_CACHE ?? join(homedir(), '.cache', 'millrace-bench', `elasticmq-${VERSION}`);

const POM = `<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>bench</groupId><artifactId>bench</artifactId><version>1</version>
  <dependencies><dependency>
    <groupId>org.elasticmq</groupId>
    <artifactId>elasticmq-server_2.13</artifactId>
    <version>${VERSION}</version>
  </dependency></dependencies>
</project>
`;

const SILENT = `<configuration><root level="OFF"/></configuration>
`;

/** Undefined, with a line on stderr saying why, when it cannot be had here. */
export async function startElasticMq(): Promise<Server | undefined> {
  const missing = fetchElasticMq();
  if (missing !== undefined) {
    console.error(`ElasticMQ is left out: ${missing}`);
    return undefined;
  }
  const port = await freePort();
  const { file, args } = elasticMqCommand(port);
  return serve('ElasticMQ', port, [file, ...args], { patienceMs: 60_000 });
}

/** How to start it on `port`; it must have been fetched. */
export function elasticMqCommand(port: number): { file: string; args: readonly string[] } {
  const missing = fetchElasticMq();
  if (missing !== undefined) throw new Error(`ElasticMQ cannot be had here: ${missing}`);
  const config = join(CACHE, `port-${port}.conf`);
  writeFileSync(config, configuration(port));
  const options = [
    '-Xmx2g',
    `-Dconfig.file=${config}`,
    `-Dlogback.configurationFile=${join(CACHE, 'logback.xml')}`,
  ];
  const classes = ['-cp', join(CACHE, 'lib', '*'), 'org.elasticmq.server.Main'];
  return { file: 'java', args: [...options, ...classes] };
}

function configuration(port: number): string {
  return `include classpath("application.conf")
node-address { protocol = http, host = localhost, port = ${port}, context-path = "" }
rest-sqs { enabled = true, bind-port = ${port}, bind-hostname = "127.0.0.1" }
rest-stats { enabled = false }
`;
}

/** What is missing, or undefined when the jars are in the cache. */
function fetchElasticMq(): string | undefined {
  if (spawnSync('java', ['-version']).status !== 0) return 'no java';
  if (existsSync(join(CACHE, 'logback.xml'))) return undefined;
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(join(CACHE, 'pom.xml'), POM);
  const goal = ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=lib'];
  const fetched = spawnSync('mvn', goal, { cwd: CACHE, timeout: 300_000 });
  if (fetched.status !== 0) return 'mvn could not fetch it';
  writeFileSync(join(CACHE, 'logback.xml'), SILENT);
  return undefined;
}
