// A Vue form by v-model and its modifiers, with a template compiled in the page.
import { createApp } from 'vue';

const START = {
  name: '',
  code: '',
  email: '',
  amount: 1,
  level: 50,
  day: '',
  fruit: 'apple',
  tags: [],
  size: '',
  gift: '',
  notes: '',
  agree: false,
};

const app = createApp({
  data: () => ({ values: { ...START }, touched: {}, sent: 0, clock: 0 }),
  computed: {
    wrong() {
      return {
        name: this.values.name === '' && 'A name is needed.',
        email: !/^\S+@\S+$/.test(this.values.email) && 'This is no address.',
        agree: !this.values.agree && 'Agree, please.',
      };
    },
  },
  watch: {
    'values.name'(name) {
      this.values.name = name.toUpperCase();
    },
    'values.code'(code) {
      this.values.code = code.replace(/\D/g, '').replace(/(.{4})(?=.)/g, '$1 ');
    },
  },
  mounted() {
    setInterval(() => this.clock++, 50);
  },
  methods: {
    touch({ target }) {
      this.touched[target.name] = true;
    },
    send() {
      for (const name of Object.keys(this.wrong)) this.touched[name] = true;
      if (!Object.values(this.wrong).some(Boolean)) this.sent++;
    },
  },
  template: `
    <form novalidate @submit.prevent="send" @focusout="touch">
      <label>Name <input name="name" v-model="values.name"> <em id="name-error" v-if="touched.name && wrong.name">{{ wrong.name }}</em></label>
      <label>Code <input name="code" v-model="values.code"></label>
      <label>E-mail <input name="email" type="email" v-model.trim="values.email"> <em id="email-error" v-if="touched.email && wrong.email">{{ wrong.email }}</em></label>
      <label>Amount <input name="amount" type="number" min="1" max="9" v-model.number="values.amount"></label>
      <label>Level <input name="level" type="range" v-model.number="values.level"></label>
      <label>Day <input name="day" type="date" v-model="values.day"></label>
      <label>Fruit <select name="fruit" v-model="values.fruit"><option value="apple">Apple</option><option value="pear">Pear</option><option value="quince">Quince</option></select></label>
      <label>Tags <select name="tags" multiple size="3" v-model="values.tags"><option v-for="tag in ['red', 'green', 'blue']" :key="tag">{{ tag }}</option></select></label>
      <label v-for="size in ['small', 'large']" :key="size"><input type="radio" name="size" :id="size" :value="size" v-model="values.size"> {{ size }}</label>
      <Transition><label v-if="values.size === 'large'">Words on the gift <input name="gift" v-model="values.gift"></label></Transition>
      <label>Notes <textarea name="notes" v-model.lazy="values.notes"></textarea></label>
      <label>File <input name="file" type="file"></label>
      <label><input name="agree" type="checkbox" v-model="values.agree"> I agree <em id="agree-error" v-if="touched.agree && wrong.agree">{{ wrong.agree }}</em></label>
      <button type="submit" id="send">Send</button> <output id="sent">Sent {{ sent }} times</output>
      <p hidden>{{ clock }}</p>
    </form>`,
}).mount('#root');

Object.defineProperty(window, 'state', {
  get: () => ({ ...JSON.parse(JSON.stringify(app.values)), sent: app.sent }),
});
