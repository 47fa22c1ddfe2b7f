/** What was wrong with a knowledge file: names the file, the key, what was found and what was expected. */
export class KnowledgeError extends Error {
  override readonly name = 'KnowledgeError';
}
