// The words of the next question, before the user asks it. `Tray` holds its pictures.

export class Draft {
  words = $state('');
}
