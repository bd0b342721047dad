/**
 * Where code comes from: a zip file in the request, or a folder of this machine for development.
 * A folder is named as other local servers have it: its absolute path as the key of a bucket
 * `hot-reload` or `__local__`, or of the one that BUCKET_MARKER_LOCAL names.
 */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import type { Stack } from '../../delivery/stack.ts';
import { BadZip, inspectZip } from '../../execution/zip.ts';
import type { FunctionCode } from '../../wire/types/lambda.ts';
import type { Zip } from './code.ts';
import { invalid, notBuilt } from './errors.ts';
import type { StoredCode } from './store.ts';

export interface GivenCode {
  readonly code: StoredCode;
  readonly codeSha256: string;
  readonly codeBytes: number;
  /** For `recount`; absent for a folder. */
  readonly zip?: Zip;
}

/** Bounded by us, as is the ratio of compression; see execution/zip.ts. */
const MOST_ENTRIES = 50_000;

/** Reads and checks code; throws what AWS answers when it will not do. */
export async function readGivenCode(stack: Stack, given: FunctionCode): Promise<GivenCode> {
  const { ZipFile, S3Bucket, S3Key, ImageUri } = given;
  if (ImageUri !== undefined) throw notBuilt('functions from container images');
  if (ZipFile) {
    if (S3Bucket !== undefined || S3Key !== undefined) {
      const what = 'other FunctionCode parameters when providing a ZipFile';
      throw invalid(`Please do not provide ${what}.`);
    }
    const zip = await readZip(stack, ZipFile);
    const code = { kind: 'zip', sha256: zip.sha256 } as const;
    const codeSha256 = Buffer.from(zip.sha256, 'hex').toString('base64');
    return { code, codeSha256, codeBytes: ZipFile.length, zip };
  }
  if (S3Bucket === undefined || S3Key === undefined) {
    throw invalid('Please provide a source for function code.');
  }
  if (!isFolderMarker(S3Bucket)) throw notBuilt('code from S3 buckets');
  return readFolder(S3Key);
}

/** Throws what AWS answers to a zip file that will not do. */
export async function readZip(stack: Stack, bytes: Uint8Array): Promise<Zip> {
  const { 'lambda.zippedBytes': mostZipped, 'lambda.unzippedBytes': mostUnzipped } =
    stack.settings.quotas;
  if (bytes.length > mostZipped) {
    throw invalid(`Zipped size must be smaller than ${mostZipped} bytes`);
  }
  const limits = { entries: MOST_ENTRIES, unzippedBytes: mostUnzipped };
  try {
    const { entries, unzippedBytes } = await inspectZip(bytes, limits);
    if (entries === 0) throw invalid('Uploaded file must be a non-empty zip');
    return { sha256: createHash('sha256').update(bytes).digest('hex'), bytes, unzippedBytes };
  } catch (cause) {
    if (!(cause instanceof BadZip)) throw cause;
    if (/^unzipped size/.test(cause.message)) throw tooLarge(mostUnzipped);
    const sentence =
      'Could not unzip uploaded file. Please check your file, then try to upload again.';
    throw invalid(sentence);
  }
}

function tooLarge(most: number) {
  return invalid(`Unzipped size must be smaller than ${most} bytes`);
}

function isFolderMarker(bucket: string): boolean {
  return ['hot-reload', '__local__', process.env.BUCKET_MARKER_LOCAL].includes(bucket);
}

async function readFolder(path: string): Promise<GivenCode> {
  const found = isAbsolute(path) ? await stat(path).catch(() => undefined) : undefined;
  if (!found?.isDirectory()) {
    throw invalid(`S3Key must be the absolute path of a folder of this machine: ${path}`);
  }
  // There are no bytes to answer for; the path at least tells folders apart.
  const codeSha256 = createHash('sha256').update(path).digest('base64');
  return { code: { kind: 'folder', path }, codeSha256, codeBytes: 0 };
}
