/**
 * How functions are named: a name, a partial ARN or a whole one, each with or without a
 * qualifier behind it.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#lambda-Invoke-request-FunctionName
 */
import { arnOf, parseArn } from '../../core/arn.ts';

export const LATEST = '$LATEST';

export interface FunctionAddress {
  readonly account: string;
  readonly region: string;
  readonly name: string;
}

export interface Qualified extends FunctionAddress {
  /** `$LATEST`, a version's number or an alias. */
  readonly qualifier?: string;
}

export function functionArn({ account, region, name }: FunctionAddress): string {
  return arnOf('lambda', region, account, `function:${name}`);
}

export function qualifiedArn(address: FunctionAddress, qualifier: string | undefined): string {
  return qualifier ? `${functionArn(address)}:${qualifier}` : functionArn(address);
}

/**
 * What an identifier names, for a caller in an account and Region; undefined for what is none.
 * Its forms: `name`, `name:qualifier`, `account:function:name`, and the ARN.
 */
export function parseIdentifier(
  text: string,
  at: { readonly account: string; readonly region: string },
): Qualified | undefined {
  const arn = parseArn(text);
  if (arn) {
    if (arn.service !== 'lambda') return undefined;
    return named(arn.resource.split(':'), arn);
  }
  const parts = text.split(':');
  if (parts[1] === 'function') {
    const [account = '', ...rest] = parts;
    return named(rest, { account, region: at.region });
  }
  return named(['function', ...parts], at);
}

/** Reads `function:name[:qualifier]`. */
function named(
  [kind, name, qualifier, ...more]: readonly string[],
  { account, region }: { readonly account: string; readonly region: string },
): Qualified | undefined {
  if (kind !== 'function' || !name || qualifier === '' || more.length > 0) return undefined;
  return { account, region, name, ...(qualifier !== undefined && { qualifier }) };
}

/** The function of an ARN; undefined when it is none of a function. */
export function parseFunctionArn(text: string): Qualified | undefined {
  return parseArn(text) && parseIdentifier(text, { account: '', region: '' });
}
