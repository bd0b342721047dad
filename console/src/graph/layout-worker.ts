/** Lays graphs out beside the page, which stays at hand meanwhile. */
import { type LayoutRequest, placed } from './layout.ts';

addEventListener('message', ({ data }: MessageEvent<{ turn: number; request: LayoutRequest }>) => {
  postMessage({ turn: data.turn, placed: placed(data.request) });
});
