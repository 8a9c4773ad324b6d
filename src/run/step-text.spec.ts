import { applyEvent } from '../protocol/apply-event.js';
import type { RunEvent, RunEventBody } from '../protocol/run-event.js';
import { emptyRunState } from '../protocol/run-state.js';
import { stepText } from './step-text.js';

test('[TOOL-02] a step has said its text and refusal, and neither its reasoning nor what another step said', () => {
  const state = emptyRunState('run');
  const bodies: RunEventBody[] = [
    { type: 'reasoning.started', step_id: 'a', part_id: 'a-1', message_id: 'm' },
    { type: 'reasoning.delta', step_id: 'a', part_id: 'a-1', delta: 'Hm.' },
    { type: 'text.started', step_id: 'a', part_id: 'a-2', message_id: 'm' },
    { type: 'text.delta', step_id: 'a', part_id: 'a-2', delta: 'Let me see.' },
    { type: 'text.started', step_id: 'b', part_id: 'b-1', message_id: 'n' },
    { type: 'text.delta', step_id: 'b', part_id: 'b-1', delta: 'Another.' },
    { type: 'refusal.delta', step_id: 'a', message_id: 'm', delta: ' No.' },
  ];
  for (const body of bodies) applyEvent(state, body as RunEvent);
  expect([stepText(state, 'a'), stepText(state, 'c')]).toEqual(['Let me see. No.', '']);
  expect(stepText(state, 'a', ['reasoning'])).toBe('Hm.');
});
