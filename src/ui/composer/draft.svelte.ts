// The words of the next question, before the user asks it. `Attachments` holds its pictures.

export class Draft {
  words = $state('');
}
