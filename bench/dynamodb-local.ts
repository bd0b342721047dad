/**
 * The peer of tables: DynamoDB Local, in memory, which is its fastest mode and loses everything on
 * a crash.
 *
 * Fetched from Maven Central, with the SQLite that it stands on, into a cache outside the
 * repository; where there is no JDK, Maven or network, benches leave it out and say so.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { freePort, type Server, serve } from './servers.ts';

const VERSION = '2.5.4';
const CACHE = join(
  process.env.BENCH_CACHE ?? join(homedir(), '.cache', 'millrace-bench'),
  `dynamodb-local-${VERSION}`,
);

const POM = `<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>bench</groupId><artifactId>bench</artifactId><version>1</version>
  <dependencies><dependency>
    <groupId>com.amazonaws</groupId>
    <artifactId>DynamoDBLocal</artifactId>
    <version>${VERSION}</version>
  </dependency></dependencies>
</project>
`;

/** Undefined, with a line on stderr saying why, when it cannot be had here. */
export async function startDynamoDbLocal(): Promise<Server | undefined> {
  try {
    const missing = fetchDynamoDbLocal();
    if (missing !== undefined) throw new Error(missing);
    const port = await freePort();
    const library = join(CACHE, 'lib');
    const command = [
      ...['java', '-Xmx2g', `-Djava.library.path=${library}`, '-cp', join(library, '*')],
      ...['com.amazonaws.services.dynamodbv2.local.main.ServerRunner'],
      ...['-inMemory', '-sharedDb', '-disableTelemetry', '-port', String(port)],
    ];
    return await serve('DynamoDB Local', port, command, { patienceMs: 60_000 });
  } catch (cause) {
    console.error(`DynamoDB Local is left out: ${String(cause)}`);
    return undefined;
  }
}

/** What is missing, or undefined when the jars are in the cache. */
function fetchDynamoDbLocal(): string | undefined {
  if (spawnSync('java', ['-version']).status !== 0) return 'no java';
  const done = join(CACHE, 'fetched');
  if (existsSync(done)) return undefined;
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(join(CACHE, 'pom.xml'), POM);
  const goal = ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=lib'];
  const fetched = spawnSync('mvn', goal, { cwd: CACHE, timeout: 300_000 });
  if (fetched.status !== 0) return 'mvn could not fetch it';
  writeFileSync(done, '');
  return undefined;
}
