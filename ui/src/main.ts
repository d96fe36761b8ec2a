// Starts the page.
import './css/tokens.css';
import './css/base.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { ui } from './lib/ui.svelte';

ui.apply();
mount(App, { target: document.getElementById('app')! });
