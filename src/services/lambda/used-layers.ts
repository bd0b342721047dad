/**
 * The layers that a function asks for.
 * https://docs.aws.amazon.com/lambda/latest/dg/adding-layers.html
 */
import { decide, parsePolicy } from '../../core/policy.ts';
import type { Call } from '../call.ts';
import { unzippedBytesOf } from './code.ts';
import { denied, invalid } from './errors.ts';
import { type LayerVersion, layersOf, ofLayer, parseLayerArn } from './layer-store.ts';
import type { UsedLayer } from './store.ts';

/** The layers by their ARNs, or AWS's error for what cannot be used. */
export async function findLayers(call: Call, arns: readonly string[]): Promise<UsedLayer[]> {
  const most = call.stack.settings.quotas['lambda.layersPerFunction'];
  if (arns.length > most) throw invalid(`Cannot reference more than ${most} layers.`);
  const byLayer = new Map<string, string>();
  for (const arn of arns) {
    const layer = arn.slice(0, arn.lastIndexOf(':'));
    const other = byLayer.get(layer);
    if (other !== undefined) {
      throw invalid(
        'Two different versions of the same layer are not allowed to be referenced in the same ' +
          `function. ${other} and ${arn} versions are duplicates.`,
      );
    }
    byLayer.set(layer, arn);
  }
  return Promise.all(arns.map((arn) => findLayer(call, arn)));
}

async function findLayer(call: Call, arn: string): Promise<UsedLayer> {
  const address = parseLayerArn(arn);
  if (!address) throw invalid(`Layer version ${arn} does not exist.`);
  if (address.region !== call.region) {
    throw invalid(
      'Layers are not in the same region as the function. ' +
        `Layers are expected to be in region ${call.region}.`,
    );
  }
  const { versions } = layersOf(call.stack);
  const row = await versions.get(ofLayer(address), String(address.version));
  if (address.account !== call.account) checkShared(call, arn, row?.value);
  if (!row || row.value.deleted) throw invalid(`Layer version ${arn} does not exist.`);
  const { sha256, bytes } = row.value;
  return { arn, sha256, bytes };
}

const ACTION = 'lambda:GetLayerVersion';

/** Layers of other accounts must be shared; whether an unshared one is there is not told. */
export function checkShared(call: Call, arn: string, version: LayerVersion | undefined): void {
  if (!call.stack.settings.enforcePolicies) return;
  const { statements = [] } = version?.policy ?? {};
  const policy = parsePolicy(JSON.stringify({ Statement: statements }));
  const principal = { arn: call.principalArn, account: call.account };
  if (decide(policy, { principal, action: ACTION, resource: arn }) === 'allow') return;
  throw denied(call.principalArn, ACTION, arn);
}

/** Code and layers are unpacked together, and bounded together. */
export async function checkTogether(
  call: Call,
  ownBytes: number,
  layers: readonly UsedLayer[],
): Promise<void> {
  if (layers.length === 0) return;
  const most = call.stack.settings.quotas['lambda.unzippedBytes'];
  const sha256s = layers.map(({ sha256 }) => sha256);
  const bytes = ownBytes + (await unzippedBytesOf(call.stack, sha256s));
  if (bytes <= most) return;
  throw invalid(
    'Function code combined with layers exceeds the maximum allowed size of ' +
      `${most} bytes. The actual size is ${bytes} bytes.`,
  );
}
