// Limits of the wire, agreed by both ends. Units are in the names or the comments.

/** Largest WebSocket message in, bytes. A snapshot is sent in slices below it. */
export const MAX_MESSAGE_BYTES = 64 * 1024;
/** Characters of one chat message. */
export const MAX_CHAT = 500;
/** Chat messages a customer may send without an answer, unless the site says otherwise. */
export const MAX_UNANSWERED = 25;
/** Bytes a leader may have on the way before the gateway has taken them (byte credit). */
export const CREDIT_BYTES = 1024 * 1024;
/** Nodes of all frames of a session's mirror tree. */
export const MAX_NODES = 250_000;
/** Frames (documents) of a session at one time. */
export const MAX_FRAMES = 64;
/** Characters of a URL that is shown or navigated to. */
export const MAX_URL = 8_192;
/** Characters of one text node or attribute value on the wire; a longer one is sent in pieces or cut. */
export const MAX_TEXT = 48 * 1024;
/** Bytes of a shared document. */
export const MAX_DOCUMENT_BYTES = 25 * 1024 * 1024;
/** Participants of a session, the customer included. */
export const MAX_PARTICIPANTS = 10;
/** Open invites of a session. */
export const MAX_INVITES = 10;
/**
 * Batches for followers at least this long are compressed once and the same bytes sent to all. What fits into one packet of the
 * network is there no sooner for being small, and unpacking it takes the follower another task, which may come behind a picture.
 */
export const GZIP_FROM_BYTES = 1_300;
/** UTF-16 units that one piece of text may stand for. */
export const MAX_REPLACED = 64;
/** Points of the trail of one pointer input. */
export const MAX_TRAIL = 32;
/** Characters of all that a drag may carry from one document of the page into another, and how many types of it. */
export const MAX_DRAGGED = 256 * 1024;
export const MAX_DRAGGED_TYPES = 32;
/** Points of one message of a stroke; the next goes on. */
export const MAX_POINTS = 64;
