import { createStore } from '../store.ts';

/** How many dialogs are open at the moment. */
export const openDialogs = createStore(0);
