import { DomainError } from '../../kernel/domain-error.ts';

/** There is nobody to answer. */
export class NoClient extends DomainError {
  readonly code = 'NO_CLIENT';
  constructor() {
    super('This ticket has no client to answer. Choose one first.', 'ticketId');
  }
}

/** Nothing is taken from this client. */
export class SenderBlocked extends DomainError {
  readonly code = 'SENDER_BLOCKED';
  constructor() {
    super('Messages of this sender are not taken.', 'body');
  }
}

/** It was begun on its ticket, and is nothing without it. */
export class ConversationOfTicket extends DomainError {
  readonly code = 'CONVERSATION_OF_TICKET';
  constructor() {
    super('This conversation was begun on its ticket. Split the ticket to give it one of its own.', 'conversationId');
  }
}

/** A colleague replied, or the client wrote, while this reply was written. */
export class MessageMeanwhile extends DomainError {
  readonly code = 'MESSAGE_MEANWHILE';
  constructor(
    /** The current version of the ticket or the conversation. */
    readonly version: number,
    byClient: boolean,
  ) {
    const who = byClient ? 'The client wrote' : 'Somebody else replied';
    super(`${who} while you were writing. Read it, then send yours if it is still right.`, 'seenVersion');
  }
}

export class TooManyMessages extends DomainError {
  readonly code = 'TOO_MANY_MESSAGES';
  constructor() {
    super('That is more than somebody would write. Wait a few minutes, then send it again.', 'body');
  }
}

/** There is none, or none that the viewer may read. */
export class ConversationNotFound extends DomainError {
  readonly code = 'CONVERSATION_NOT_FOUND';
  constructor() {
    super('There is no such conversation.', 'conversationId');
  }
}

/** It is a ticket's already. */
export class ConversationLinked extends DomainError {
  readonly code = 'CONVERSATION_LINKED';
  constructor(readonly ticketId: string) {
    super('This conversation belongs to a ticket already. Go on there.', 'conversationId');
  }
}

/** The ticket is for another client. */
export class ConversationOfAnother extends DomainError {
  readonly code = 'CONVERSATION_OF_ANOTHER';
  constructor() {
    super('The ticket is for another client. Choose one of the same client, or make a new one.', 'conversationId');
  }
}
