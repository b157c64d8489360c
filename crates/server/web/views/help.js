// What `?` shows: the keyboard, and the switch for those whom single letters disturb.

import { h } from '../preact.mjs';
import { useEffect, useRef } from '../hooks.mjs';
import { MAP } from '../keys.js';

export function Help({ close, letters, setLetters }) {
  const ref = useRef(null);
  useEffect(() => { ref.current?.showModal(); }, []);
  return h('dialog', { class: 'help', ref, onClose: close, 'aria-labelledby': 'help-title' },
    h('h2', { id: 'help-title' }, 'Keyboard'),
    h('dl', { class: 'kv' }, MAP.map(([key, what]) => [h('dt', { key }, h('kbd', null, key)), h('dd', { key: `${key}-` }, what)])),
    h('p', { class: 'sm muted' }, 'Enter sends, Shift and Enter begins a new line, arrow up brings the last sentence back. No key buys.'),
    h('label', { class: 'switch' }, h('input', { type: 'checkbox', checked: letters, onChange: (e) => setLetters(e.currentTarget.checked) }), 'Single-letter keys on'),
    h('form', { method: 'dialog', class: 'actions' }, h('button', { class: 'btn' }, 'Close')));
}
