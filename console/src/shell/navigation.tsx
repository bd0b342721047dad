import { Link, useLocation } from 'wouter';
import type { Session } from '../../../src/admin-api/index.ts';
import { useViewHref } from '../state/url.ts';
import { Badge } from '../ui/badge.tsx';
import { IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { useTheme } from './theme.ts';
import { VIEWS } from './views.ts';

export interface NavigationProps {
  readonly session: Session;
  readonly onHelp: () => void;
}

const SIGNS = { auto: 'auto', light: 'sun', dark: 'moon' } as const;

export function Navigation({ session, onHelp }: NavigationProps) {
  const [path] = useLocation();
  const href = useViewHref();
  const [theme, nextTheme] = useTheme();
  return (
    <nav className="nav" aria-label="Views">
      <div className="nav-brand">
        <img src="./icon.svg" alt="" width="20" height="20" />
        <span>millrace</span>
      </div>
      <ul className="nav-list">
        {VIEWS.map(({ name, label, ends }) => (
          <li key={name} className={ends ? 'nav-ends' : undefined}>
            <Link
              href={href(name)}
              className="nav-link"
              aria-current={path === `/${name}` ? 'page' : undefined}
              title={label}
            >
              <Icon name={name} />
              <span>{label}</span>
            </Link>
          </li>
        ))}
      </ul>
      <div className="nav-foot">
        {session.readOnly && <Badge tone="retry">read only</Badge>}
        <span className="nav-version">{session.version}</span>
        <IconButton icon={SIGNS[theme]} label={`Theme: ${theme}`} onClick={nextTheme} />
        <IconButton icon="help" label="Keys (?)" onClick={onHelp} />
      </div>
    </nav>
  );
}
