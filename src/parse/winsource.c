/* Channels to services, event numbers to categories. */
/* SPDX-License-Identifier: Apache-2.0 */
/* tested by: test/unit/parse/test_winevent.c */
#include "parse/winsource.h"

#define M "Microsoft-Windows-"
#define T(text)                                                                                    \
	{                                                                                          \
		text, sizeof(text) - 1                                                             \
	}

static const struct channel {
	struct str channel;
	const char *service;
} channels[] = {
	{ T(M "Sysmon/Operational"), "sysmon" },
	{ T("Security"), "security" },
	{ T("System"), "system" },
	{ T("Application"), "application" },
	{ T(M "PowerShell/Operational"), "powershell" },
	{ T("PowerShellCore/Operational"), "powershell" },
	{ T("Windows PowerShell"), "powershell-classic" },
	{ T(M "Windows Defender/Operational"), "windefend" },
	{ T(M "Windows Firewall With Advanced Security/Firewall"), "firewall-as" },
	{ T(M "TaskScheduler/Operational"), "taskscheduler" },
	{ T(M "WMI-Activity/Operational"), "wmi" },
	{ T(M "NTLM/Operational"), "ntlm" },
	{ T(M "DHCP-Server/Operational"), "dhcp" },
	{ T(M "DNS Client Events/Operational"), "dns-client" },
	{ T("DNS Server"), "dns-server" },
	{ T(M "DNS-Server/Analytical"), "dns-server-analytic" },
	{ T(M "DNS-Server/Audit"), "dns-server-audit" },
	{ T(M "DriverFrameworks-UserMode/Operational"), "driver-framework" },
	{ T(M "PrintService/Admin"), "printservice-admin" },
	{ T(M "PrintService/Operational"), "printservice-operational" },
	{ T(M "SmbClient/Security"), "smbclient-security" },
	{ T(M "SmbClient/Connectivity"), "smbclient-connectivity" },
	{ T(M "SMBServer/Connectivity"), "smbserver-connectivity" },
	{ T(M "TerminalServices-LocalSessionManager/Operational"),
	    "terminalservices-localsessionmanager" },
	{ T(M "CodeIntegrity/Operational"), "codeintegrity-operational" },
	{ T(M "AppLocker/MSI and Script"), "applocker" },
	{ T(M "AppLocker/EXE and DLL"), "applocker" },
	{ T(M "AppLocker/Packaged app-Deployment"), "applocker" },
	{ T(M "AppLocker/Packaged app-Execution"), "applocker" },
	{ T("MSExchange Management"), "msexchange-management" },
	{ T(M "Bits-Client/Operational"), "bits-client" },
	{ T(M "Security-Mitigations/Kernel Mode"), "security-mitigations" },
	{ T(M "Security-Mitigations/User Mode"), "security-mitigations" },
	{ T(M "Diagnosis-Scripted/Operational"), "diagnosis-scripted" },
	{ T(M "Shell-Core/Operational"), "shell-core" },
	{ T("OpenSSH/Operational"), "openssh" },
	{ T(M "LDAP-Client/Debug"), "ldap" },
	{ T(M "BitLocker/BitLocker Management"), "bitlocker" },
	{ T(M "VHDMP/Operational"), "vhdmp" },
	{ T(M "AppXDeploymentServer/Operational"), "appxdeployment-server" },
	{ T(M "LSA/Operational"), "lsa-server" },
	{ T(M "AppxPackaging/Operational"), "appxpackaging-om" },
	{ T(M "AppModel-Runtime/Admin"), "appmodel-runtime" },
	{ T(M "CAPI2/Operational"), "capi2" },
	{ T(M "CertificateServicesClient-Lifecycle-System/Operational"),
	    "certificateservicesclient-lifecycle-system" },
	{ T(M "Kernel-ShimEngine/Operational"), "kernel-shimengine" },
	{ T(M "Kernel-ShimEngine/Diagnostic"), "kernel-shimengine" },
	{ T(M "Application-Experience/Program-Telemetry"), "application-experience" },
	{ T(M "Application-Experience/Program-Compatibility-Assistant"), "application-experience" },
	{ T(M "Ntfs/Operational"), "ntfs" },
	{ T(M "Hyper-V-Worker"), "hyper-v-worker" },
	{ T(M "Kernel-EventTracing"), "kernel-event-tracing" },
	{ T(M "SENSE/Operational"), "sense" },
	{ T("Microsoft-ServiceBus-Client/Admin"), "microsoft-servicebus-client" },
	{ T("Microsoft-ServiceBus-Client/Operational"), "microsoft-servicebus-client" },
	{ T("Microsoft-IIS-Configuration/Operational"), "iis-configuration" },
};

/* Providers that write to one channel. */
static const struct channel providers[] = {
	{ T(M "Sysmon"), "sysmon" },
	{ T(M "Security-Auditing"), "security" },
	{ T(M "PowerShell"), "powershell" },
	{ T(M "Windows Defender"), "windefend" },
	{ T(M "TaskScheduler"), "taskscheduler" },
	{ T(M "WMI-Activity"), "wmi" },
};

/* The first that fits; event_type NULL: any. */
static const struct category {
	const char *service;
	int64_t id;
	const char *event_type;
	const char *category;
} categories[] = {
	{ "sysmon", 1, NULL, "process_creation" },
	{ "sysmon", 2, NULL, "file_change" },
	{ "sysmon", 3, NULL, "network_connection" },
	{ "sysmon", 4, NULL, "sysmon_status" },
	{ "sysmon", 5, NULL, "process_termination" },
	{ "sysmon", 6, NULL, "driver_load" },
	{ "sysmon", 7, NULL, "image_load" },
	{ "sysmon", 8, NULL, "create_remote_thread" },
	{ "sysmon", 9, NULL, "raw_access_thread" },
	{ "sysmon", 10, NULL, "process_access" },
	{ "sysmon", 11, NULL, "file_event" },
	{ "sysmon", 12, "CreateKey", "registry_add" },
	{ "sysmon", 12, "DeleteKey", "registry_delete" },
	{ "sysmon", 12, "DeleteValue", "registry_delete" },
	{ "sysmon", 12, NULL, "registry_event" },
	{ "sysmon", 13, NULL, "registry_set" },
	{ "sysmon", 14, NULL, "registry_rename" },
	{ "sysmon", 15, NULL, "create_stream_hash" },
	{ "sysmon", 16, NULL, "sysmon_status" },
	{ "sysmon", 17, NULL, "pipe_created" },
	{ "sysmon", 18, NULL, "pipe_created" },
	{ "sysmon", 19, NULL, "wmi_event" },
	{ "sysmon", 20, NULL, "wmi_event" },
	{ "sysmon", 21, NULL, "wmi_event" },
	{ "sysmon", 22, NULL, "dns_query" },
	{ "sysmon", 23, NULL, "file_delete" },
	{ "sysmon", 24, NULL, "clipboard_change" },
	{ "sysmon", 25, NULL, "process_tampering" },
	{ "sysmon", 26, NULL, "file_delete_detected" },
	{ "sysmon", 27, NULL, "file_block_executable" },
	{ "sysmon", 28, NULL, "file_block_shredding" },
	{ "sysmon", 29, NULL, "file_executable_detected" },
	{ "sysmon", 255, NULL, "sysmon_error" },
	{ "security", 4688, NULL, "process_creation" },
	{ "powershell", 4103, NULL, "ps_module" },
	{ "powershell", 4104, NULL, "ps_script" },
	{ "powershell-classic", 400, NULL, "ps_classic_start" },
	{ "powershell-classic", 600, NULL, "ps_classic_provider_start" },
	{ "powershell-classic", 800, NULL, "ps_classic_script" },
	{ "windefend", 1006, NULL, "antivirus" },
	{ "windefend", 1007, NULL, "antivirus" },
	{ "windefend", 1008, NULL, "antivirus" },
	{ "windefend", 1009, NULL, "antivirus" },
	{ "windefend", 1010, NULL, "antivirus" },
	{ "windefend", 1011, NULL, "antivirus" },
	{ "windefend", 1012, NULL, "antivirus" },
	{ "windefend", 1017, NULL, "antivirus" },
	{ "windefend", 1018, NULL, "antivirus" },
	{ "windefend", 1019, NULL, "antivirus" },
	{ "windefend", 1115, NULL, "antivirus" },
	{ "windefend", 1116, NULL, "antivirus" },
};

/* Of the Security log, what rules about logins know by our names. */
static const struct type {
	int64_t id;
	const char *type;
} types[] = {
	{ 4624, "auth.login.success" },
	{ 4625, "auth.login.failed" },
	{ 4720, "auth.user.created" },
	{ 4726, "auth.user.deleted" },
	{ 4738, "auth.user.changed" },
};

static const char *
category_of(const char *service, int64_t id, struct str event_type)
{
	for (size_t i = 0; i < ARRAY_LEN(categories); i++) {
		const struct category *c = &categories[i];

		if (c->id == id && strcmp(c->service, service) == 0 &&
		    (c->event_type == NULL || str_eq(event_type, str_c(c->event_type))))
			return c->category;
	}
	return service[0] != '\0' ? WINSOURCE_NONE : "";
}

void
winsource_find(struct str channel, struct str provider, int64_t id, struct str type,
    struct winsource *ret)
{
	*ret = (struct winsource){ "", "", "windows.event" };
	for (size_t i = 0; i < ARRAY_LEN(channels); i++) {
		if (!str_eq_nocase(channel, channels[i].channel))
			continue;
		ret->service = channels[i].service;
		break;
	}
	for (size_t i = 0; i < ARRAY_LEN(providers) && channel.n == 0; i++)
		if (str_eq_nocase(provider, providers[i].channel))
			ret->service = providers[i].service;
	ret->category = category_of(ret->service, id, type);
	for (size_t i = 0; i < ARRAY_LEN(types) && strcmp(ret->service, "security") == 0; i++)
		if (types[i].id == id)
			ret->type = types[i].type;
}
