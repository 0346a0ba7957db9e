// Where the workbench begins in the browser: words, looks, data and routes are put together here
// and nowhere else. What the officer sees around every screen is in `app/shell.tsx`.
import '@mantine/core/styles.layer.css';
import '@mantine/notifications/styles.layer.css';
import './app/tokens.css';
import './app/touch.css';
import { createRoot } from 'react-dom/client';
import { startWords } from './app/words';
import { Workbench } from './app/workbench';

const root = document.getElementById('root');
if (root) {
  await startWords();
  createRoot(root).render(<Workbench />);
}
