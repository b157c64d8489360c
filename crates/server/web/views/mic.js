// The microphone: its button in the composer, and the bar that cannot be missed while it is open.

import { h } from '../preact.mjs';
import { Icon } from './parts.js';
import { doing } from '../voice.js';

const PLACE = {
  here: 'Sound stays on this machine and is not kept.',
  away: 'Sound goes to the speech service that is set up, and is not kept here.',
};

export function MicButton({ voice, act }) {
  const on = voice.at === 'on';
  return h('button', {
    class: `round ${on ? 'is-on' : ''}`, type: 'button', onClick: act.mic, 'aria-pressed': on ? 'true' : 'false',
    'aria-label': on ? 'Stop the microphone' : 'Talk by microphone', 'aria-disabled': voice.at === 'asking' ? 'true' : undefined,
  }, h(Icon, { name: 'mic' }));
}

/** Held with the pointer or a key; a short press begins and the next one ends. */
function HoldButton({ voice, act }) {
  const key = (e) => e.key === ' ' || e.key === 'Enter';
  return h('button', {
    class: `btn btn-small ${voice.holding ? 'btn-primary' : ''}`, type: 'button', 'aria-pressed': voice.holding ? 'true' : 'false',
    onPointerDown: (e) => { e.currentTarget.setPointerCapture(e.pointerId); act.press(); },
    onPointerUp: act.release, onPointerCancel: act.release,
    onKeyDown: (e) => { if (key(e)) { e.preventDefault(); if (!e.repeat) act.press(); } },
    onKeyUp: (e) => { if (key(e)) { e.preventDefault(); act.release(); } },
  }, voice.holding ? 'Send' : 'Talk');
}

export function VoiceBar({ voice, active, act, ears }) {
  if (voice.at === 'asking') {
    return h('section', { class: 'voice-bar', 'aria-label': 'Microphone' },
      h('p', null, h('b', null, 'The browser asks for the microphone'), h('small', null, PLACE[ears])));
  }
  if (voice.at === 'fault') {
    return h('section', { class: 'voice-bar voice-bad', 'aria-label': 'Microphone' },
      h(Icon, { name: 'no' }), h('p', null, h('b', null, voice.headline), h('small', null, voice.text)));
  }
  if (voice.at !== 'on') return null;
  const push = voice.mode === 'push';
  return h('section', { class: `voice-bar ${voice.muted ? 'is-muted' : ''}`, 'aria-label': 'Microphone' },
    h('span', { class: 'level', id: 'level', 'aria-hidden': 'true' }, h('i'), h('i'), h('i'), h('i'), h('i')),
    h('p', null, h('b', { role: 'status' }, doing(voice, active)), h('small', null, voice.late ? 'The connection is slow: some sound was lost.' : PLACE[ears])),
    h('div', { class: 'voice-acts' },
      push && h(HoldButton, { voice, act }),
      !push && h('button', { class: 'btn btn-small', type: 'button', 'aria-pressed': voice.muted ? 'true' : 'false', onClick: () => act.mute(!voice.muted) },
        h(Icon, { name: voice.muted ? 'mute' : 'mic' }), voice.muted ? 'Unmute' : 'Mute'),
      h('button', { class: 'btn btn-small', type: 'button', onClick: () => act.micMode(push ? 'free' : 'push') }, push ? 'Hands free' : 'Push to talk'),
      h('button', { class: 'btn btn-small', type: 'button', onClick: act.mic }, 'Stop listening')));
}
