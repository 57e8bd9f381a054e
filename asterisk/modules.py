"""The modules that Asterisk loads, in an order in which each finds those that it needs; no others are loaded."""

from __future__ import annotations

_BASE = """
res_timing_timerfd res_crypto res_srtp res_rtp_asterisk res_http_websocket res_websocket_client
res_sorcery_config res_sorcery_memory res_sorcery_astdb res_musiconhold res_mutestream res_prometheus
"""

# res_pjsip_refer and res_pjsip_messaging answer telephones that transfer or text in a talk: without them nobody does.
# res_hep copies each SIP message to operations.refused, which counts the calls that Asterisk refuses.
# res_pjsip_t38 carries no fax here: it refuses the fax line of an offer, which else would silence its audio.
_SIP = """
res_pjproject res_pjsip res_pjsip_session res_pjsip_sdp_rtp res_pjsip_caller_id res_pjsip_nat res_pjsip_rfc3326
res_pjsip_dtmf_info res_pjsip_header_funcs res_pjsip_authenticator_digest res_pjsip_outbound_authenticator_digest
res_pjsip_endpoint_identifier_ip res_pjsip_endpoint_identifier_user res_pjsip_registrar res_pjsip_dlg_options
res_pjsip_empty_info res_pjsip_diversion res_pjsip_logger res_pjsip_transport_websocket res_geolocation
res_pjsip_pubsub res_pjsip_refer res_pjsip_messaging res_pjsip_geolocation res_pjsip_t38
chan_pjsip func_pjsip_endpoint func_pjsip_contact func_pjsip_aor
res_hep res_hep_pjsip
"""

_ARI = """
res_stasis res_stasis_answer res_stasis_playback res_stasis_recording res_stasis_snoop res_stasis_device_state
app_stasis res_ari res_ari_model res_ari_applications res_ari_asterisk res_ari_bridges res_ari_channels
res_ari_device_states res_ari_endpoints res_ari_events res_ari_playbacks res_ari_recordings res_ari_sounds
chan_bridge_media
"""

# res_agi needs res_speech: without it an undefined symbol.
_DIALPLAN = """
res_speech res_agi pbx_config app_dial app_playback app_read app_record app_queue app_verbose app_exec app_stack
app_echo app_milliwatt app_mixmonitor app_userevent app_playtones app_talkdetect res_audiosocket app_audiosocket
func_callerid func_channel func_strings func_logic func_math func_timeout func_talkdetect func_global func_devstate
func_db func_hangupcause func_dialplan func_uri func_env func_cut func_volume func_jitterbuffer
"""

_MEDIA = """
bridge_simple bridge_native_rtp bridge_softmix bridge_holding bridge_builtin_features codec_alaw codec_ulaw
codec_a_mu codec_g722 codec_resample format_pcm format_wav format_sln
"""

MODULES = tuple((_BASE + _SIP + _ARI + _DIALPLAN + _MEDIA).split())
