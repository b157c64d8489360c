// Small parts that every view uses: icons, drawings, notices, the fence around a card that breaks.

import { h, Component } from '../preact.mjs';

const line = (d, width = 1.6) => h('path', { d, 'stroke-width': width });
const ICONS = {
  done: [h('circle', { cx: 10, cy: 10, r: 9, class: 'disc' }), h('path', { d: 'm6 10.3 2.7 2.7L14 7.6', class: 'tick' })],
  ask: [h('circle', { cx: 10, cy: 10, r: 8, class: 'ring' }), h('path', { d: 'M8 7v6M12 7v6', 'stroke-width': 2 })],
  now: [h('circle', { cx: 10, cy: 10, r: 8, class: 'ring' }), h('circle', { cx: 10, cy: 10, r: 3, class: 'dot' })],
  no: [h('path', { d: 'M6 2h8l4 4.5v7L13.5 18h-7L2 13.500v-7z', class: 'disc' }), h('path', { d: 'M6.5 10h7', class: 'tick' })],
  todo: [h('circle', { cx: 10, cy: 10, r: 8, 'stroke-dasharray': '3 3' })],
  skip: [h('circle', { cx: 10, cy: 10, r: 8 }), line('M6.5 10h7', 2)],
  shop: [line('M3 8.500V17h14V8.500M2.5 8 4 3h12l1.5 5zM2.5 17.500l15-15')],
  info: [h('circle', { cx: 10, cy: 10, r: 8 }), line('M10 9.500v4', 2), h('circle', { cx: 10, cy: 6.5, r: 1, class: 'dot' })],
  person: [line('M4 12v-2a6 6 0 0 1 12 0v2M4 11.500h2.500V16H5a1 1 0 0 1-1-1zm12 0h-2.500V16H15a1 1 0 0 0 1-1z')],
  send: [line('M10 16V5M5 9.5 10 4.500l5 5', 1.9)],
  stop: [h('rect', { x: 5, y: 5, width: 10, height: 10, rx: 1.5, class: 'dot' })],
  check: [line('m4 10.5 4 4L16 6', 2.2)],
  mic: [h('rect', { x: 7.5, y: 2.5, width: 5, height: 9, rx: 2.5 }), line('M4.500 9.500a5.500 5.500 0 0 0 11 0M10 15v2.500M7.500 17.500h5')],
  mute: [h('rect', { x: 7.5, y: 2.5, width: 5, height: 9, rx: 2.5 }), line('M4.500 9.500a5.500 5.500 0 0 0 11 0M10 15v2.500M7.500 17.500h5M3 3l14 14')],
};

/** An icon; decoration always, its meaning stands beside it in words. */
export function Icon({ name, cls = '' }) {
  return h('svg', { class: `icon icon-${name} ${cls}`, viewBox: '0 0 20 20', 'aria-hidden': 'true', focusable: 'false' }, ICONS[name]);
}

/** Our own drawing of a kind of thing. Its name stands beside it, so it is silent unless `alt` is asked for. */
export function Drawing({ of, cls = '', alt = '' }) {
  if (!of) return h('span', { class: `pic ${cls}` });
  const src = `/draw/${encodeURIComponent(of.kind)}.svg?c=${encodeURIComponent(of.colour)}&v=${of.shape}`;
  return h('img', { class: `pic ${cls}`, src, alt, width: 64, height: 64, decoding: 'async' });
}

/** What the drawing shows, with the word that keeps it from being taken for the goods. */
export function drawingText(of) {
  return of ? `Drawing: ${of.kind}, ${of.colour}` : '';
}

const TONES = { no: ['notice-no', 'no'], ask: ['notice-ask', 'ask'], ok: ['notice-ok', 'done'], info: ['', 'info'], shop: ['', 'shop'] };

/** Something the person should know: what, what not, what now. */
export function Notice({ tone, icon, headline, lines, buttons = [], small = '', link = null }) {
  const [cls, sign] = TONES[tone] ?? TONES.info;
  return h('section', { class: `notice ${cls}`, tabIndex: -1, 'data-card': '' },
    h(Icon, { name: icon ?? sign }),
    h('div', null,
      h('h2', null, headline),
      lines.filter(Boolean).map((text) => h('p', null, text)),
      buttons.length > 0 && h('div', { class: 'actions' }, buttons),
      (small || link) && h('p', { class: 'xs muted notice-small' }, small, link && ' ', link)));
}

/** A small button that says its own label as the person's next sentence. */
export function Saying({ text, say }) {
  return h('button', { class: 'btn btn-small', type: 'button', onClick: () => say(text) }, text);
}

/** A fence: a card that cannot be drawn must not take the errand with it. */
export class Fence extends Component {
  constructor(props) {
    super(props);
    this.state = { broken: false };
  }

  static getDerivedStateFromError() {
    return { broken: true };
  }

  componentDidCatch(error) {
    // The name of the error alone: its message may quote what a shop wrote.
    this.props.report?.(error?.name ?? 'Error', this.props.what);
  }

  render({ what, children }, { broken }) {
    if (!broken) return children;
    return h(Notice, {
      tone: 'no', headline: `This page broke while showing ${what}`, lines: ['The errand goes on; nothing was bought by this.'],
      buttons: [h('button', { class: 'btn btn-small', type: 'button', onClick: () => location.reload() }, 'Reload')], small: 'WEB-0001',
    });
  }
}

/** Draws again only when its entry is another one. */
export class Kept extends Component {
  shouldComponentUpdate(next) {
    return next.entry !== this.props.entry || next.mark !== this.props.mark;
  }

  render({ draw, entry }) {
    return draw(entry);
  }
}
