import type { ReactNode } from 'react';
import { Link } from 'wouter';
import './crumbs.css';

export interface CrumbsProps {
  /** The list that leads here, and its address. */
  readonly from: string;
  readonly href: string;
  /** What is looked at. */
  readonly children: ReactNode;
}

/** The head of one thing of a list: the way back, and its name. */
export function Crumbs({ from, href, children }: CrumbsProps) {
  return (
    <h1 className="crumbs">
      <Link href={href}>{from}</Link>
      <span aria-hidden="true">/</span>
      <span className="truncate">{children}</span>
    </h1>
  );
}
