// All applications of the suite, in the order of the table.
import type { Application } from '../application.ts';
import { django } from './django.ts';
import { dokuwiki } from './dokuwiki.ts';
import { etherpad } from './etherpad.ts';
import { luckysheet } from './luckysheet.ts';
import { nodeRed } from './node-red.ts';
import { phpmyadmin } from './phpmyadmin.ts';
import { roundcube } from './roundcube.ts';
import { shop } from './shop.ts';
import { signInApplication } from './sign-in.ts';
import { simplesaml } from './simplesaml.ts';
import { socketIo } from './socket-io.ts';
import { sphinx } from './sphinx.ts';
import { sverdle } from './sverdle.ts';
import { svgedit } from './svgedit.ts';
import { tiddlywiki } from './tiddlywiki.ts';
import { vaadin } from './vaadin.ts';
import { wordpress } from './wordpress.ts';

export const APPLICATIONS: readonly Application[] = [
  wordpress,
  dokuwiki,
  roundcube,
  phpmyadmin,
  django,
  simplesaml,
  signInApplication,
  shop,
  tiddlywiki,
  nodeRed,
  socketIo,
  etherpad,
  sverdle,
  vaadin,
  sphinx,
  luckysheet,
  svgedit,
];
