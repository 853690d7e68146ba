// SPDX-License-Identifier: Apache-2.0
//
// graph.ts -- the places of states and the ways between them, from left to right as the model declares them.
//
// A layout by layers breaks circles where it likes, and then "resolved" stands before "locate".  So a transition that goes back
// in the declared order is laid out reversed and drawn dashed (ui.md 1.3).  What may be taken from nearly everywhere (withdraw,
// cancel) would make a net of lines: it is told in words instead.
import { Graph, layout } from '@dagrejs/dagre';
import type { Entity, Transition } from './entity';

export interface Spot {
  name: string;
  x: number;
  y: number;
  width: number;
  height: number;
}
export interface Way {
  from: string;
  to: string;
  moves: Transition[];
  back: boolean;
  points: { x: number; y: number }[];
  /** what stands on the line, and where */
  words: string;
  at: { x: number; y: number };
}
export interface Plan {
  width: number;
  height: number;
  spots: Spot[];
  ways: Way[];
  /** not drawn: from nearly every state, or staying where it is */
  rest: Transition[];
}

export const NODE = { width: 132, height: 56 };
const MANY = 5;

/** As wide as the words will be, about: a Chinese character is as wide as two letters. */
const widthOf = (s: string) => [...s].reduce((n, c) => n + (c > '\u2e80' ? 11.5 : 6), 6);
const MOST = 20;
const short = (s: string) => (s.length > MOST ? s.slice(0, MOST - 1) + '…' : s);

export function planOf(entity: Entity, upright: boolean, say: (m: Transition) => string): Plan {
  const order = new Map(entity.states.map((s, i) => [s.name, i]));
  const open = entity.states.filter((s) => !s.final).length;
  const moves = [...entity.transitions.values()];
  const drawn = moves.filter((m) => m.to && order.has(m.to) && m.from.length <= Math.max(MANY, open * 0.5));
  const ways = new Map<string, Way>();
  for (const m of drawn)
    for (const from of m.from) {
      if (from === m.to || !order.has(from)) continue;
      const key = `${from} ${m.to}`;
      const way = ways.get(key) ?? { from, to: m.to!, moves: [], back: order.get(from)! > order.get(m.to!)!, points: [], words: '', at: { x: 0, y: 0 } };
      way.moves.push(m);
      ways.set(key, way);
    }
  const g = new Graph({ multigraph: true });
  g.setGraph({ rankdir: upright ? 'TB' : 'LR', nodesep: 26, ranksep: upright ? 40 : 34, edgesep: 14, marginx: 12, marginy: 12 });
  g.setDefaultEdgeLabel(() => ({}));
  for (const s of entity.states) g.setNode(s.name, { ...NODE });
  for (const [key, w] of ways) {
    const [a, b] = w.back ? [w.to, w.from] : [w.from, w.to];
    w.words = short(say(w.moves[0]) + (w.moves.length > 1 ? ` +${w.moves.length - 1}` : ''));
    g.setEdge(a, b, { weight: w.back ? 1 : 3, width: widthOf(w.words), height: 14, labelpos: 'c' }, key);
  }
  layout(g);
  for (const [key, w] of ways) {
    const [a, b] = w.back ? [w.to, w.from] : [w.from, w.to];
    const edge = g.edge({ v: a, w: b, name: key }) as { points?: { x: number; y: number }[]; x?: number; y?: number };
    const points = [...(edge.points ?? [])];
    w.at = { x: edge.x ?? 0, y: edge.y ?? 0 };
    w.points = w.back ? points.reverse() : points;
  }
  const size = g.graph() as { width?: number; height?: number };
  return {
    width: Math.ceil(size.width ?? 0), height: Math.ceil(size.height ?? 0), ways: [...ways.values()],
    spots: entity.states.map((s) => {
      const n = g.node(s.name) as { x: number; y: number };
      return { name: s.name, x: n.x, y: n.y, ...NODE };
    }),
    rest: moves.filter((m) => !drawn.includes(m)),
  };
}
