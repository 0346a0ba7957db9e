// An act with a reason: it is not sent without one, it is sent once with the id that was made when
// the dialog opened, and what is refused is said with the next step.
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { Problem } from '@/api/problem';
import { show } from '@/app/testing';
import { ReasonDialog } from './reason-dialog';

const codes = [{ code: 'intelligence', said: { ko: '정보', en: 'Intelligence' } }];

it('asks for a reason, and says what was refused', async () => {
  const refused = new Problem(403, {
    error: { code: 'not_yet', said: 'The plan is not released.', next: 'Wait until 06:00.' },
  });
  const onAct = vi.fn().mockRejectedValueOnce(refused).mockResolvedValueOnce(undefined);
  const onClose = vi.fn();
  await show(
    <ReasonDialog
      opened
      onClose={onClose}
      title="Hold"
      act="Hold it"
      codes={codes}
      onAct={onAct}
    />,
  );
  const act = await screen.findByRole('button', { name: 'Hold it' });
  fireEvent.click(act);
  await screen.findByText('Choose a reason.');
  expect(onAct).not.toHaveBeenCalled();

  fireEvent.change(screen.getByLabelText(/^Reason/), { target: { value: 'intelligence' } });
  fireEvent.click(act);
  const alert = await screen.findByRole('alert');
  expect(alert.textContent).toContain('Wait until 06:00.');
  fireEvent.click(act);
  await waitFor(() => expect(onClose).toHaveBeenCalled());
  const [first, second] = onAct.mock.calls.map(([reasoned]) => reasoned);
  expect(first.reason_code).toBe('intelligence');
  expect(second.id).toBe(first.id);
});
