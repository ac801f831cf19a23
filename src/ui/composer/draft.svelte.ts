// The words of the next question, before it is asked. Its pictures are the tray's.

export class Draft {
  words = $state('');
}
