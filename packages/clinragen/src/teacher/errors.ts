/** What a teacher could not do: names the file or the stay and the reason, never a patient's text. */
export class TeacherError extends Error {
  override readonly name = 'TeacherError';
}
