/** A file that cannot be taken; the message is for the customer. */
export class UnusableFile extends Error {}
