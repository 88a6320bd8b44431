// All applications of the suite, in the order of the table.
import type { Application } from '../application.ts';
import { django } from './django.ts';
import { dokuwiki } from './dokuwiki.ts';
import { nodeRed } from './node-red.ts';
import { svgedit } from './svgedit.ts';
import { tiddlywiki } from './tiddlywiki.ts';

export const APPLICATIONS: readonly Application[] = [dokuwiki, django, tiddlywiki, nodeRed, svgedit];
