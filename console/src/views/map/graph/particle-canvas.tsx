/** One canvas over the map, on which dots move along the lines while something goes there. */
import { useStoreApi } from '@xyflow/react';
import { use, useEffect, useRef } from 'react';
import type { EdgeTraffic } from '../../../../../src/admin-api/index.ts';
import { pointAt } from '../curve.ts';
import { type Particle, particlesOf, progressOf, underWay } from '../particles.ts';
import { TrafficContext } from '../use-map.ts';
import type { Picture } from './picture.ts';

const COLOURS: Readonly<Record<keyof EdgeTraffic, string>> = {
  ok: '--accent',
  retried: '--retry',
  failed: '--fail',
  dead: '--dead',
};
const RADIUS = 3;
/** Nearer than this a dot is as large as a node's letters; farther away it stays to be seen. */
const LEAST_RADIUS = 1.6;

export function ParticleCanvas({ picture }: { readonly picture: Picture }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const store = use(TrafficContext);
  const flow = useStoreApi();
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context || reducesMotion()) return;
    let particles: readonly Particle[] = [];
    let frame = 0;
    let colours = coloursOf(element);
    const draw = () => {
      const nowMs = performance.now();
      particles = underWay(particles, nowMs);
      const { transform } = flow.getState();
      clear(element, context, transform);
      for (const particle of particles) drawOne(context, particle, picture, transform[2], colours);
      frame = particles.length > 0 ? requestAnimationFrame(draw) : 0;
    };
    const off = store.watch((frames) => {
      // A page that nobody sees draws nothing, and does not make up for it.
      const last = frames.at(-1);
      if (!last || document.hidden) return;
      const nowMs = performance.now();
      const born = Object.entries(last.edges).flatMap(([id, traffic]) => {
        const line = picture.lineOf.get(id);
        const length = line === undefined ? 0 : (picture.lines.get(line)?.curve.length ?? 0);
        if (line === undefined || length === 0) return [];
        return particlesOf(line, traffic, { length, nowMs, seconds: last.seconds });
      });
      particles = [...particles, ...born];
      if (frame !== 0 || particles.length === 0) return;
      colours = coloursOf(element);
      frame = requestAnimationFrame(draw);
    });
    return () => {
      off();
      cancelAnimationFrame(frame);
      clear(element, context, [0, 0, 1]);
    };
  }, [picture, store, flow]);
  // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a canvas takes no focus by itself.
  return <canvas ref={canvas} className="particles" aria-hidden="true" />;
}

function reducesMotion(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}

type Colours = Readonly<Record<keyof EdgeTraffic, string>>;

/** As the theme has them now. */
function coloursOf(element: Element): Colours {
  const style = getComputedStyle(element);
  const colour = (tone: keyof EdgeTraffic) => style.getPropertyValue(COLOURS[tone]).trim();
  return {
    ok: colour('ok'),
    retried: colour('retried'),
    failed: colour('failed'),
    dead: colour('dead'),
  };
}

type Transform = readonly [x: number, y: number, zoom: number];

/** Also fits the canvas to its place, and its units to those of the map. */
function clear(
  element: HTMLCanvasElement,
  context: CanvasRenderingContext2D,
  [x, y, zoom]: Transform,
): void {
  const dense = devicePixelRatio || 1;
  const [width, height] = [element.clientWidth * dense, element.clientHeight * dense];
  if (element.width !== width || element.height !== height) {
    element.width = width;
    element.height = height;
  }
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, element.width, element.height);
  context.setTransform(zoom * dense, 0, 0, zoom * dense, x * dense, y * dense);
}

function drawOne(
  context: CanvasRenderingContext2D,
  particle: Particle,
  picture: Picture,
  zoom: number,
  colours: Colours,
): void {
  const curve = picture.lines.get(particle.edge)?.curve;
  const progress = progressOf(particle, performance.now());
  if (!curve || progress === undefined) return;
  const { x, y } = pointAt(curve.points, curve.length * progress);
  context.beginPath();
  context.arc(x, y, Math.max(RADIUS, LEAST_RADIUS / zoom), 0, 2 * Math.PI);
  context.fillStyle = colours[particle.tone];
  context.fill();
}
