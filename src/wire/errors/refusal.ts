/**
 * What an error means on the wire, before a protocol writes it: the model's code, status and
 * fault where it is modelled, the dialect's names where it is not.
 */
import type { AwsError } from '../../core/errors.ts';
import { type ModelledError, member, type ServiceModel } from '../models.ts';
import { dialectOf } from './dialects.ts';

export interface Refusal {
  /** As Query and REST protocols name it. */
  readonly code: string;
  /** As `__type` names it. */
  readonly type: string;
  /** As Query clients know it, for services that are compatible with them. */
  readonly queryCode: string;
  readonly message: string;
  readonly status: number;
  readonly queryStatus: number;
  readonly fault: 'Sender' | 'Receiver';
  readonly modelled: ModelledError | undefined;
  readonly fields: Readonly<Record<string, unknown>>;
  /** The member that carries the message: `message` or `Message`, as the model has it. */
  readonly messageMember: string;
}

export function refusalOf(model: ServiceModel | undefined, error: AwsError): Refusal {
  const { code, message, fields = {} } = error;
  const modelled = model?.error(code);
  const status = statusOf(modelled, error);
  const dialect = dialectOf(model?.facts.name ?? '');
  const shapeName = modelled?.name ?? code;
  const wireCode = modelled?.traits.code ?? shapeName;
  const queryCode = modelled?.traits.queryCode ?? dialect.queryCodes[code] ?? wireCode;
  const type = modelled ? undefined : dialect.typeNames[code];
  return {
    code: wireCode,
    type: type ?? dialect.typePrefix + shapeName,
    queryCode,
    message,
    status,
    queryStatus: modelled?.traits.queryStatus ?? status,
    fault: status >= 500 || modelled?.traits.fault === 'server' ? 'Receiver' : 'Sender',
    modelled,
    fields,
    messageMember: messageMemberOf(modelled),
  };
}

function statusOf(modelled: ModelledError | undefined, error: AwsError): number {
  if (modelled?.traits.status) return modelled.traits.status;
  return modelled?.traits.fault === 'server' ? 500 : error.status;
}

function messageMemberOf(modelled: ModelledError | undefined): string {
  const members = Object.entries(modelled?.shape.members ?? {});
  const found = members.find(([name]) => /^(error)?message$/i.test(name));
  return found ? (member(found[1]).name ?? found[0]) : 'message';
}
