/**
 * Live streams: server-sent events, handed over once per animation frame at most.
 *
 * While paused the stream stays open and what arrives is held, so that going on misses nothing
 * that fits. A lost connection is made anew.
 */
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { type Query, urlOf } from './client.ts';
import { type Coalescer, coalescer } from './coalesce.ts';
import { type Connection, noteStream } from './connection.ts';

export interface LiveOptions<Frame> {
  /** Below `/_millrace/v1/`; undefined: no stream. */
  readonly path: string | undefined;
  readonly query?: Query;
  readonly paused?: boolean;
  /** Frames since the last call, oldest first; `dropped` were too many to hold. */
  readonly onFrames: (frames: readonly Frame[], dropped: number) => void;
  readonly mostHeld?: number;
  /** How much a frame counts in `held`; 1 when it is not given. */
  readonly weigh?: (frame: Frame) => number;
}

export interface Live {
  readonly connection: Connection;
  /** Frames held while paused, or what they weigh. */
  readonly held: number;
  /** The server's reason to refuse the stream, when it gave one. */
  readonly refusal: string | undefined;
}

const RETRY_MS = 2_000;

export function useLive<Frame>(options: LiveOptions<Frame>): Live {
  const { path, query, paused = false, mostHeld } = options;
  const [connection, setConnection] = useState<Connection>('connecting');
  const [refusal, setRefusal] = useState<string>();
  const [held, setHeld] = useState(0);
  const gathered = useRef<Coalescer<Frame>>(undefined);
  const show = useEffectEvent((frames: readonly Frame[], dropped: number) => {
    options.onFrames(frames, dropped);
    setHeld(0);
  });
  const isPaused = useEffectEvent(() => paused);
  const weighed = useEffectEvent((frame: Frame) => options.weigh?.(frame) ?? 1);
  const url = path === undefined ? undefined : urlOf(path, query);

  useEffect(() => {
    if (url === undefined) return;
    const gather = coalescer<Frame>({
      flush: (frames, dropped) => show(frames, dropped),
      schedule: nextFrame,
      ...(mostHeld !== undefined && { mostHeld }),
    });
    gathered.current = gather;
    gather.pause(isPaused());
    const close = openStream(url, {
      message: (data) => {
        const frame = JSON.parse(data) as Frame;
        gather.push([frame]);
        if (!isPaused()) return;
        const weight = weighed(frame);
        setHeld((before) => before + weight);
      },
      connection: setConnection,
      refusal: setRefusal,
    });
    return () => {
      close();
      gather.close();
      setHeld(0);
    };
  }, [url, mostHeld]);

  useEffect(() => gathered.current?.pause(paused), [paused]);

  return { connection, held, refusal };
}

function nextFrame(then: () => void): () => void {
  const frame = requestAnimationFrame(then);
  return () => cancelAnimationFrame(frame);
}

interface Listener {
  readonly message: (data: string) => void;
  readonly connection: (connection: Connection) => void;
  readonly refusal: (message: string | undefined) => void;
}

function openStream(url: string, listener: Listener): () => void {
  const name = Symbol(url);
  let source: EventSource;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let closed = false;
  const tell = (connection: Connection) => {
    noteStream(name, connection);
    listener.connection(connection);
  };
  let refused = false;
  const open = () => {
    if (!refused) tell('connecting');
    source = new EventSource(url);
    source.onopen = () => {
      refused = false;
      listener.refusal(undefined);
      tell('connected');
    };
    source.onmessage = ({ data }: MessageEvent<string>) => listener.message(data);
    source.onerror = () => {
      // The browser goes on by itself after a lost connection, but not after a refusal.
      if (source.readyState !== EventSource.CLOSED) return tell('lost');
      const refusing = source;
      listener.connection('lost');
      retry = setTimeout(open, RETRY_MS);
      refusalOf(url).then((message) => {
        if (closed || source !== refusing) return;
        refused = message !== undefined;
        // Who refuses is there: that is nothing of the connection.
        noteStream(name, refused ? undefined : 'lost');
        listener.refusal(message);
      });
    };
  };
  open();
  return () => {
    closed = true;
    clearTimeout(retry);
    source.close();
    noteStream(name, undefined);
  };
}

/** An EventSource does not say why it was refused; a request does. */
async function refusalOf(url: string): Promise<string | undefined> {
  const asked = new AbortController();
  try {
    const response = await fetch(url, { signal: asked.signal });
    if (response.ok) return undefined;
    const body = (await response.json()) as { readonly message?: string };
    return body.message;
  } catch {
    return undefined;
  } finally {
    asked.abort();
  }
}
