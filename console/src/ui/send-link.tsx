import { useSession } from '../api/session.ts';
import { useViewHref } from '../state/url.ts';
import type { IconName } from './icon.tsx';
import { LinkButton } from './link-button.tsx';

export interface SendLinkProps {
  /** Of what another edition is sent; or `arn`, where something new goes. */
  readonly again?: string;
  readonly arn?: string;
  readonly children?: string;
  readonly icon?: IconName;
}

/** Leads to sending something; not there where nothing may be sent. */
export function SendLink({ again, arn, children, icon = 'send' }: SendLinkProps) {
  const href = useViewHref();
  const { readOnly } = useSession();
  if (readOnly) return null;
  return (
    <LinkButton href={href('send', { again, arn })} icon={icon}>
      {children ?? (again === undefined ? 'Send' : 'Send again')}
    </LinkButton>
  );
}
