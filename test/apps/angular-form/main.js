// An Angular form: reactive, without zones, its template compiled in the page.
import '@angular/compiler';
import { Component, signal } from '@angular/core';
import { FormControl, FormGroup, ReactiveFormsModule, Validators } from '@angular/forms';
import { bootstrapApplication } from '@angular/platform-browser';

const App = Component({
  selector: '#root',
  imports: [ReactiveFormsModule],
  template: `
    <form [formGroup]="form" (ngSubmit)="send()">
      <label>Name <input formControlName="name" name="name"> @if (wrong('name')) {<em id="name-error">A name is needed.</em>}</label>
      <label>Code <input formControlName="code" name="code"></label>
      <label>E-mail <input formControlName="email" name="email" type="email"> @if (wrong('email')) {<em id="email-error">This is no address.</em>}</label>
      <label>Amount <input formControlName="amount" name="amount" type="number" min="1" max="9"></label>
      <label>Level <input formControlName="level" name="level" type="range"></label>
      <label>Day <input formControlName="day" name="day" type="date"></label>
      <label>Fruit <select formControlName="fruit" name="fruit"><option value="apple">Apple</option><option value="pear">Pear</option><option value="quince">Quince</option></select></label>
      <label>Tags <select formControlName="tags" name="tags" multiple size="3">@for (tag of ['red', 'green', 'blue']; track tag) {<option [value]="tag">{{ tag }}</option>}</select></label>
      @for (size of ['small', 'large']; track size) {
        <label><input type="radio" formControlName="size" name="size" [id]="size" [value]="size"> {{ size }}</label>
      }
      @if (form.value.size === 'large') {<label>Words on the gift <input formControlName="gift" name="gift"></label>}
      <label>Notes <textarea formControlName="notes" name="notes"></textarea></label>
      <label>File <input name="file" type="file"></label>
      <label><input formControlName="agree" name="agree" type="checkbox"> I agree @if (wrong('agree')) {<em id="agree-error">Agree, please.</em>}</label>
      <button type="submit" id="send">Send</button> <output id="sent">Sent {{ sent() }} times</output>
      <p hidden>{{ clock() }}</p>
    </form>`,
})(
  class {
    sent = signal(0);
    clock = signal(0);
    form = new FormGroup({
      name: new FormControl('', Validators.required),
      code: new FormControl(''),
      email: new FormControl('', [Validators.required, Validators.email]),
      amount: new FormControl(1),
      level: new FormControl(50),
      day: new FormControl(''),
      fruit: new FormControl('apple'),
      tags: new FormControl([]),
      size: new FormControl(''),
      gift: new FormControl(''),
      notes: new FormControl('', { updateOn: 'blur' }),
      agree: new FormControl(false, Validators.requiredTrue),
    });

    constructor() {
      const change = (name, to) =>
        this.form.controls[name].valueChanges.subscribe((value) =>
          this.form.controls[name].setValue(to(value), { emitEvent: false }),
        );
      change('name', (text) => text.toUpperCase());
      change('code', (text) => text.replace(/\D/g, '').replace(/(.{4})(?=.)/g, '$1 '));
      setInterval(() => this.clock.update((before) => before + 1), 50);
      Object.defineProperty(window, 'state', { get: () => ({ ...this.form.value, sent: this.sent() }) });
    }

    wrong(name) {
      const { touched, invalid } = this.form.controls[name];
      return touched && invalid;
    }

    send() {
      this.form.markAllAsTouched();
      if (this.form.valid) this.sent.update((before) => before + 1);
    }
  },
);

bootstrapApplication(App);
