// Bodies of the console's and the API's requests, decoded before anything is done with them.
import type { Request } from 'express';
import { type Decoder, Malformed } from '../../protocol/schema.ts';
import { Refused } from '../errors.ts';

/** The parsed body as a message of ours. @throws {Refused} `malformed` */
export function readBody<T>(decoder: Decoder<T>, req: Request): T {
  try {
    return decoder(req.body, '');
  } catch (error) {
    if (error instanceof Malformed) throw new Refused('malformed', {}, error);
    throw error;
  }
}
