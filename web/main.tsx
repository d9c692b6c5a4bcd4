/** Where the page begins. */
import { render } from 'preact';
import { App } from './app.tsx';
import { isPlayed } from './data/world.ts';

const root = document.getElementById('root');
if (root) void isPlayed().then((played) => render(<App played={played} />, root));
