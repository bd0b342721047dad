/**
 * Makes `.venv` with the pinned boto3 that `SDK=boto3 vitest run` uses; does nothing when it is
 * there already. `PYTHON` names another interpreter than `python3`.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const BOTO3 = '1.44.5';

const folder = fileURLToPath(new URL('../.venv/', import.meta.url));
const python = `${folder}bin/python`;

function installed(): string | undefined {
  if (!existsSync(python)) return undefined;
  try {
    const version = ['-c', 'import boto3; print(boto3.__version__)'];
    return execFileSync(python, version, { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return undefined; // A half-made environment is made again.
  }
}

if (installed() !== BOTO3) {
  const base = process.env.PYTHON ?? 'python3';
  execFileSync(base, ['-m', 'venv', '--clear', folder], { stdio: 'inherit' });
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  execFileSync(python, [...install, `boto3==${BOTO3}`], { stdio: 'inherit' });
}
console.log(python);
