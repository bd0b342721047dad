import type { ReactNode } from 'react';
import './sections.css';

/** Details of one thing, one part below the other. */
export function Sections({ children }: { readonly children: ReactNode }) {
  return <div className="sections">{children}</div>;
}

export interface SectionProps {
  readonly title: string;
  /** Buttons beside the title. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

export function Section({ title, actions, children }: SectionProps) {
  return (
    <section>
      <header className="section-head">
        <h3>{title}</h3>
        {actions}
      </header>
      {children}
    </section>
  );
}
